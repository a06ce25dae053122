"""Collaboration at discharge from inpatient care (lag 2017:612) as timers: what happened in, what is due for whom out.

Pure: `case` is what is known of one stay, `deadlines` and `liability` say what follows from it, `messages` are the messages
of the statute as FHIR R4 and `reading` turns them back into a case.
"""
