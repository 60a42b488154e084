"""What the commands are made with: the desk they work at, how they are declared, how they answer."""
