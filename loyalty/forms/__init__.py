"""Forms for the objects of a programme, made from the programme's schema: a field there is a field here.

``posted`` reads what a browser sends, ``tidy`` makes it a fragment of the programme document, and
``controls`` draws a fragment with its errors.
"""
