"""One module per check. Each has

violations(tree)  gives a line of text for every violation, with the file and what to do
PLANTED           trees (path: text) that each hold at least one violation
CLEAN             trees that look like one and hold none
"""
