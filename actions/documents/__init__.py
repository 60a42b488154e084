"""Papers: what is printed from a case or from a snapshot, in Word, PDF, Excel and Markdown."""
