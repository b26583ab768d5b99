"""Update rules by family."""
