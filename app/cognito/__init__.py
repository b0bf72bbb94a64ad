"""All that knows Cognito. It knows no Flask, and nothing of the docs."""
