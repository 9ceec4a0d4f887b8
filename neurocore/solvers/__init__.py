"""How a cell is stepped through time."""
