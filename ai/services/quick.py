"""The questions that are one press away."""

QUICK = (
    "How can I reproduce this?",
    "What changed before it began?",
    "How do I fix it? Show the code.",
    "Who is affected, and how badly?",
    "How do I make sure that it does not come back?",
)
