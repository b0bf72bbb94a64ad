"""Everything that knows Cognito. It imports neither Flask nor the documentation."""
