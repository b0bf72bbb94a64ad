"""The HTTP edge: everything here knows Flask, and leaves Cognito to app.cognito."""
