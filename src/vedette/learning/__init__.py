"""dataset -> split -> finetune -> evaluate: so far, evaluate: retrieval, scope, answers, injection."""
