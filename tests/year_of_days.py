"""A year of five features a day, and a model that forecasts them."""

import numpy as np
import torch

import lstm_core
from lstm_core.models.embeddings import Numbers

COLUMNS = ["rain", "wind", "sun", "dew", "cold"]
DATES = np.datetime64("2024-01-01") + np.arange(365)


def year() -> tuple[lstm_core.SequenceModel, torch.Tensor, str]:
    """The model, the numbers (day, feature), and the table as text with a date a row."""
    table = torch.randn(365, 5, generator=torch.Generator().manual_seed(4)).round(decimals=2)
    torch.manual_seed(5)
    model = lstm_core.SequenceModel(
        "days", "", COLUMNS, reads="numbers", gives="value", embedding=Numbers.fitted(COLUMNS, table),
        lstm=torch.nn.LSTM(5, 8), linear=torch.nn.Linear(8, 5),
    )  # fmt: skip
    rows = [
        ",".join([f"{date}", *(f"{value:.2f}" for value in row)])
        for date, row in zip(DATES, table.tolist(), strict=True)
    ]
    return model, table, "\n".join([",".join(["date", *COLUMNS]), *rows])
