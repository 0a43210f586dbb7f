-- Requests of clients that send no key and mark no retries, for as long as nobody knows that their
-- answer arrived. `attempt` is the request that is to be answered from the row now: the first, or
-- the last one that joined it; `run` is the run of the server that took that request.
CREATE TABLE tracked_requests (
  fingerprint BLOB NOT NULL,
  id BLOB NOT NULL,
  attempt BLOB NOT NULL,
  run BLOB NOT NULL,
  is_undelivered INTEGER NOT NULL,
  operation_id BLOB,
  approval_id BLOB,
  sealed_answer BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL,
  PRIMARY KEY (fingerprint, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tracked_requests_touched ON tracked_requests (touched_at);
