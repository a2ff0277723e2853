from os import environ

import jwt

token = environ["ACCESS_TOKEN"]
key = jwt.PyJWKClient(environ["ISSUER"] + ".well-known/jwks.json").get_signing_key_from_jwt(token).key
options = {"algorithms": ["RS256"], "issuer": environ["ISSUER"]}
try:
    jwt.decode(token, key, audience="https://other.example.com", **options)
    raise SystemExit("accepted for another API")
except jwt.InvalidAudienceError:
    pass
print(jwt.decode(token, key, audience=environ["AUDIENCE"], **options)["sub"])
