"""What does Python tell the page of a view, of which the page makes its picture?"""
