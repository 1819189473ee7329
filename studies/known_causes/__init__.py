"""Which method finds the true causes of an LSTM's answer, in tasks whose causes are known?"""
