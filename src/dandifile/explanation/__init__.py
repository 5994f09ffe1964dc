"""Why a change is planned, or is not. Pure: it reads a plan and what the plan was made from."""
