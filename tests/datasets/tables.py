"""Two small sound tables."""

from __future__ import annotations

FLOWERS = "length,colour,kind\n" + "".join(
    f"{1 + row % 7 / 10},{('red', 'blue', 'white')[row % 3]},{('iris', 'rose')[row % 2]}\n"
    for row in range(60)
)
PRICES = "rooms,price\n" + "".join(f"{row % 9},{1000.5 + 250 * row}\n" for row in range(50))
