"""What is measured, one part a file. A part is a function: it takes a plan and yields figures."""
