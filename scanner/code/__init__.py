"""Reading code: front ends to one intermediate form, evaluation, data flow; nothing of what is read ever runs."""
