from os import environ

from requests_oauthlib import OAuth2Session

issuer = environ["ISSUER"]
scope = ["openid", "profile", "offline_access"]
session = OAuth2Session(environ["CLIENT_ID"], redirect_uri=environ["CALLBACK"], scope=scope)
url, _ = session.authorization_url(issuer + "authorize", audience=environ["AUDIENCE"])
print(url, flush=True)
# The library refuses http, which the callback of a program on this machine has.
response = input().replace("http://localhost", "https://localhost")
secret = {"client_id": environ["CLIENT_ID"], "client_secret": environ["CLIENT_SECRET"]}
session.fetch_token(
    issuer + "oauth/token",
    authorization_response=response,
    client_secret=secret["client_secret"],
    include_client_id=True,
)
session.refresh_token(issuer + "oauth/token", **secret)
print(session.get(issuer + "userinfo").json()["sub"])
