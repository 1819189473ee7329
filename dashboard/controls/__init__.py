"""What can a visitor press, choose and type, and how does Streamlit draw it?"""
