"""Pictures of numbers: pure functions, from what a report tells to frozen shapes that are drawn.

What lies across a picture is told in percents of its width, what lies up and down in pixels: so a
picture is as wide as its place, and its letters keep their size.
"""
