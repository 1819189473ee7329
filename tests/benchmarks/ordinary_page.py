"""The page that most people would write for this, to measure ours against: one px.imshow a gate."""

import plotly.express as px
import streamlit as st
import torch
from torch import nn

st.set_page_config(layout="wide")
sentence = st.text_input("Sentence", "Giraffes in a field").split()
input_dim = st.slider("input_dim", 1, 64, 4)
hidden_dim = st.slider("hidden_dim", 1, 64, 3)

torch.manual_seed(2)
vectors = {word: torch.randn(1, input_dim) for word in dict.fromkeys(sentence)}
cell = nn.LSTMCell(input_dim, hidden_dim)
h, c = torch.zeros(1, hidden_dim), torch.zeros(1, hidden_dim)
steps = []
with torch.no_grad():
    for word in sentence:
        pre = cell.weight_ih @ vectors[word][0] + cell.bias_ih + cell.weight_hh @ h[0] + cell.bias_hh
        i, f, g, o = pre.chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        h, c = cell(vectors[word], (h, c))
        steps.append({"forget": f, "input": i, "candidate": g, "cell": c[0], "output": o, "hidden": h[0]})

columns = st.columns(2)
for number, name in enumerate(steps[0]):
    values = torch.stack([step[name] for step in steps]).T.numpy()
    figure = px.imshow(values, x=[f"{n} {word}" for n, word in enumerate(sentence)], title=name, aspect="auto")
    columns[number % 2].plotly_chart(figure, width="stretch")
