"""What does the lesson show? The sentences of the page Lesson."""
