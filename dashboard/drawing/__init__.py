"""What do the pages draw of the figures in lstm_core.plots?"""
