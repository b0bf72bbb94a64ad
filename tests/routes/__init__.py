"""Tests of one endpoint or blueprint each, over HTTP in front of a scripted Cognito."""
