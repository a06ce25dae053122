"""Forms (FHIR R4 Questionnaire): what is asked, which of it is shown, what is wrong with answers, and what they add up to.

Pure. A `Form` is read from a Questionnaire once; answers are a `Filled`, made from a QuestionnaireResponse or from what a page
sent, and written back as the items of a QuestionnaireResponse. Nothing here changes what it is given.
"""
