"""What is sent about clients and cases, by forms and by programs, and what they are answered.

The fields of a card are named once (``card.fields``): their schemas are made from them, and the operations
check the same list again.
"""
