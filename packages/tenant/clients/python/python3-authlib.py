from os import environ

from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt

session = OAuth2Session(
    environ["CLIENT_ID"],
    environ["CLIENT_SECRET"],
    scope="openid profile offline_access",
    redirect_uri=environ["CALLBACK"],
    code_challenge_method="S256",
)
metadata = session.get(environ["ISSUER"] + ".well-known/openid-configuration", withhold_token=True).json()
verifier = "a-verifier-of-at-least-forty-three-characters-xyz"
url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
print(url, flush=True)
endpoint = metadata["token_endpoint"]
token = session.fetch_token(endpoint, authorization_response=input(), state=state, code_verifier=verifier)
keys = JsonWebKey.import_key_set(session.get(metadata["jwks_uri"], withhold_token=True).json())
jwt.decode(token["id_token"], keys).validate()
session.refresh_token(endpoint)
print(session.get(metadata["userinfo_endpoint"]).json()["sub"])
