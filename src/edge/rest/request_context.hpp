// One REST request while it is handled: who asks, for what, in which dialect; and its one answer.
//
// A handler is a plain function `void handler(rest_context)`. It reads the request, calls one use
// case, and answers exactly once through the context, at once or later from a callback on the same
// loop. It never touches a socket. A context that dies unanswered answers 500 and is logged.
//
// One thread at a time works on a context; units that run on the store's threads only read it.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/environment.hpp"
#include "app/request_identity.hpp"
#include "base/object_reader.hpp"
#include "base/unique_function.hpp"
#include "domain/named_enum.hpp"
#include "domain/organization.hpp"
#include "edge/rest/query_reader.hpp"
#include "net/http.hpp"

namespace dialplane {

// plain: health, metrics; mcp: JSON-RPC messages, as are its errors.
enum class wire_dialect { cartesia, naive, plain, mcp };

// Versions of the cartesia dialect, in order of time.
enum class cartesia_version { v2024_06_10, v2024_11_13, v2025_04_16, v2026_03_01, v2026_08_14 };
NAMED_ENUM(cartesia_version, {cartesia_version::v2024_06_10, "2024-06-10"},
           {cartesia_version::v2024_11_13, "2024-11-13"},
           {cartesia_version::v2025_04_16, "2025-04-16"},
           {cartesia_version::v2026_03_01, "2026-03-01"},
           {cartesia_version::v2026_08_14, "2026-08-14"});

struct rest_answer {
  int status = 200;
  std::string body = {};                    // JSON text, empty for 204
  std::string content_type = "application/json";
  std::vector<http_header> headers = {};
};

rest_answer json_answer(int status, const boost::json::value& body);

struct endpoint;
class rest_service;
struct error_style;

class request_context : public std::enable_shared_from_this<request_context> {
 public:
  request_context(rest_service& service, http_request request, responder to);
  ~request_context();

  const http_request& request() const { return request_; }
  rest_service& service() const { return service_; }
  app_environment& env() const;
  const actor& who() const;                 // CHECKs that the endpoint asks for a key
  const std::string& request_id() const { return request_id_; }
  wire_dialect speaks() const { return speaks_; }
  cartesia_version version() const { return version_; }

  // The pattern's {name}, percent-decoded; checks that the pattern has it.
  std::string_view path_parameter(std::string_view name) const;
  // One query parameter, decoded; nothing if absent. Repeats and bad encoding were refused before
  // the handler ran. Lists read theirs with query_reader(context->query_parameters()).
  std::optional<std::string> query(std::string_view name) const;
  const parsed_query& query_parameters() const { return query_; }
  // The user of the path ({user_id}) or of X-Naive-User-Id; an unparsable one is not_found.
  result<std::optional<user_id>> asked_user() const;

  // The body as an object: content type, size, UTF-8, depth checked. No body: {} if `may_be_empty`.
  result<const boost::json::object*> body(bool may_be_empty = false);
  // By what this request is known when it is sent again; after body(). The Idempotency-Key's shape
  // was checked before the handler ran.
  request_identity identity() const;

  // False once the client has closed; only a hint.
  bool client_waits() const noexcept { return to_.peer_is_waiting(); }
  // The client's connection, until the request is answered; may be null.
  std::shared_ptr<delivery_look> connection() const { return to_.connection(); }
  // Before the answer: who is told whether it arrived. Only of a request not tracked itself.
  void report_delivery(delivery_report to) { report_ = std::move(to); }

  void answer(rest_answer what);
  void answer_replayed(rest_answer what);   // with Idempotent-Replayed: true
  // Answers with status and headers of `head` and goes on in pieces (net/http.hpp); on the
  // request's own loop.
  http_stream stream(rest_answer head, unique_function<void()> closed);
  void fail(const error& why);              // in the dialect's shape
  void fail_replayed(const error& why);     // with Idempotent-Replayed: true

  // Runs `act` in one write transaction, with Idempotency-Key and retry markers honoured: a
  // repeated request gets the stored answer. `act` returns the rendered answer.
  void mutate(unique_function<result<rest_answer>(session&)> act);
  // Runs `act` on a snapshot.
  void query_store(unique_function<result<rest_answer>(session&)> act);
  // As query_store, for a list of numbers that only the organization's numbers, agents, users,
  // campaigns and assignments decide: while none of them changes, it is rendered once.
  void query_list(unique_function<result<rest_answer>(session&)> act);
  // For acts outside the store: answers what an earlier equal request got, or runs `act`, which
  // ends with answer_remembered(). Not atomic: only for acts that do no harm twice.
  void act_once(unique_function<void()> act);
  void answer_remembered(rest_answer what);

 private:
  friend class rest_service;
  rest_service& service_;
  http_request request_;
  responder to_;
  std::string request_id_;
  wire_dialect speaks_ = wire_dialect::naive;
  cartesia_version version_ = cartesia_version::v2026_03_01;
  const endpoint* matched_ = nullptr;
  std::vector<std::pair<std::string_view, std::string_view>> path_parameters_;
  std::optional<actor> who_;
  std::optional<boost::json::object> body_;
  std::optional<user_id> subject_hint() const;
  error_style style() const;
  std::string list_key() const;
  // Where the request tracks its delivery: runs `then` when it is known which equal ones before it
  // lost their answers. Else at once. After the key is known; before the handler.
  void settle_earlier(unique_function<void()> then);
  void send(rest_answer what);
  http_response response_of(rest_answer what);  // once
  parsed_query query_;
  std::shared_ptr<tracked_attempt> delivery_;
  delivery_report report_;
  std::vector<http_header> extra_headers_;  // rate limit, on every answer
  bool answered_ = false;
};

using rest_context = std::shared_ptr<request_context>;

}  // namespace dialplane
