"""Who acts, who is told, who may see."""
