"""What every pixel operation has to give, written down a second time with numpy.

Made from the specification of the operations alone; nothing here knows the server's code.
`operations` has the arithmetic, `images` makes files, `chains` strings operations together and says
which pixels a request for them must answer.
"""
