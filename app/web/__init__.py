"""The HTTP edge: it knows Flask, and no Cognito."""
