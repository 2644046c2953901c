"""An answer from passages: which sentences, in which words, with which citation."""
