"""Who should serve where: the model, its solvers, and a judge that trusts none of them."""
