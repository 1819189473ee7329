"""What did Memory show of sixty links, and in use; what did each page, figure, result and room of the app say?"""
