/**
 * The configuration of the HAProxy peer, as HAProxy's guide to verifying OAuth access tokens shows it. HAProxy fetches
 * no keys: it reads the public key (PEM) from `keyFile`.
 */
export function toHaproxyConfig({ port, answerPath, issuer, audience, keyFile, answerFile }) {
  return `global
  nbthread 1
  maxconn 1000

defaults
  mode http
  timeout client 60s
  timeout http-keep-alive 60s
  timeout http-request 10s

frontend api
  bind 127.0.0.1:${port}
  http-request deny deny_status 401 unless { req.hdr(authorization) -m found }
  http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('$.alg')
  http-request set-var(txn.iss) http_auth_bearer,jwt_payload_query('$.iss')
  http-request set-var(txn.aud) http_auth_bearer,jwt_payload_query('$.aud')
  http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int')
  http-request set-var(txn.scope) http_auth_bearer,jwt_payload_query('$.scope')
  http-request deny deny_status 401 unless { var(txn.alg) -m str RS256 }
  http-request deny deny_status 401 unless { var(txn.iss) -m str ${issuer} }
  http-request deny deny_status 401 unless { var(txn.aud) -m str ${audience} }
  http-request deny deny_status 401 unless { http_auth_bearer,jwt_verify(txn.alg,"${keyFile}") -m int 1 }
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  http-request deny deny_status 403 unless { var(txn.scope) -m sub geocode:location }
  http-request return status 200 content-type application/json file ${answerFile} if { path ${answerPath} }
  http-request return status 404
`;
}
