#include "carriers/twilio/api.hpp"

#include <boost/json/array.hpp>

#include "base/json_gate.hpp"
#include "carriers/twilio/answers.hpp"

namespace dialplane::twilio {

namespace {

constexpr json_limits answer_limits{.max_bytes = 8 * 1024 * 1024,
                                    .max_depth = 16,
                                    .max_string_bytes = 64 * 1024,
                                    .max_members = 1'024};
constexpr std::size_t pages_max = 1'000;
constexpr std::size_t page_address_bytes_max = 2'048;

error unreadable_answer(int status, intent what, std::string why) {
  const std::string internal = "HTTP " + std::to_string(status) + ", " + std::move(why);
  if (what == intent::read) {
    return not_done(error_code::carrier_unavailable, "The carrier's answer could not be read.",
                    internal);
  }
  return outcome_unknown(error_code::carrier_outcome_unknown,
                         "The carrier's answer could not be read.", internal);
}

result<api_answer> read_answer(const http_answer& got, intent what) {
  api_answer answer{.status = got.status};
  if (got.body.empty() && got.status == 204) return answer;
  auto body = parse_json_object(got.body, answer_limits);
  const bool is_refusal = got.status >= 400;
  if (!body || got.cut) {
    // A refusal counts by its status, whatever stands between us and the carrier wrote it.
    if (is_refusal) return answer;
    return unreadable_answer(got.status, what, "not the JSON it should be");
  }
  answer.body = *std::move(body);
  if (!is_refusal) return answer;
  if (const auto code = whole_in(answer.body, "code"); code && *code) answer.code = **code;
  if (auto said = optional_text_in(answer.body, "message", 4'096)) {
    answer.message = *std::move(said);
  }
  return answer;
}

// One walk over a list; lives as long as its request.
struct list_walk : std::enable_shared_from_this<list_walk> {
  std::shared_ptr<api> through;
  std::string base;
  std::string rows;
  api::visitor visit;
  carrier_done<void> done;
  std::size_t pages = 0;

  void fetch(std::string url) {
    through->get(std::move(url), [self = shared_from_this()](result<json::object> page) {
      if (!page) return self->done(std::move(page).error());
      self->take(*page);
    });
  }

  void take(const json::object& page) {
    const auto list = list_in(page, rows);
    if (!list) return done(list.error());
    for (const json::value& row : **list) {
      if (!row.is_object()) return done(unreadable(rows));
      const auto content = visit(row.get_object());
      if (!content) return done(content.error());
      if (*content) return done({});
    }
    auto next = next_page_of(page, base);
    if (!next) return done(std::move(next).error());
    if (!*next) return done({});
    if (++pages >= pages_max) {
      return done(not_done(error_code::carrier_unavailable, "The carrier's list does not end.",
                           rows + ": too many pages"));
    }
    fetch(*std::move(*next));
  }
};

// "https://host:1" of an address.
std::string_view origin_of(std::string_view url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  return url.substr(0, std::min(url.find('/', begin + 3), url.size()));
}

}  // namespace

api::api(std::weak_ptr<carrier_http> http, api_settings settings)
    : http_(std::move(http)), settings_(std::move(settings)) {}

std::string api::core(std::string_view path) const {
  std::string url = settings_.core_url + "/2010-04-01/Accounts/" + settings_.account_sid;
  return url.append(path);
}

std::string api::messaging(std::string_view path) const {
  return settings_.messaging_url + std::string(path);
}

std::string api::trusthub(std::string_view path) const {
  return settings_.trusthub_url + std::string(path);
}

void api::send(carrier_request request, std::string authorization, intent what,
               carrier_done<api_answer> done) {
  const auto http = http_.lock();
  if (!http) {
    return done(not_done(error_code::shutting_down, "The carrier account is being closed.", ""));
  }
  request.headers.push_back({"accept", "application/json"});
  request.headers.push_back({"authorization", std::move(authorization)});
  http->send(std::move(request), [what, done = std::move(done)](result<http_answer> got) mutable {
    if (!got) return done(std::move(got).error());
    done(read_answer(*got, what));
  });
}

void api::exchange(std::string method, std::string url, form_list form, intent what,
                   carrier_done<api_answer> done) {
  carrier_request request{.method = std::move(method), .url = std::move(url)};
  if (request.method == "POST") {
    request.headers.push_back({"content-type", "application/x-www-form-urlencoded"});
    request.body = form_text({.fields = std::move(form)});
  }
  send(std::move(request), basic_authorization(settings_.user, settings_.password.reveal()), what,
       std::move(done));
}

namespace {

// What is no success is an error.
carrier_done<api_answer> successes(intent what, carrier_done<json::object> done) {
  return [what, done = std::move(done)](result<api_answer> got) mutable {
    if (!got) return done(std::move(got).error());
    if (got->is_success()) return done(std::move(got->body));
    done(error_of(got->status, got->code, got->message, what));
  };
}

}  // namespace

void api::get(std::string url, carrier_done<json::object> done) {
  exchange("GET", std::move(url), {}, intent::read, successes(intent::read, std::move(done)));
}

void api::get_as_account(std::string url, carrier_done<json::object> done) {
  send({.method = "GET", .url = std::move(url)},
       basic_authorization(settings_.account_sid, settings_.auth_token.reveal()), intent::read,
       successes(intent::read, std::move(done)));
}

void api::post(std::string url, form_list form, carrier_done<json::object> done) {
  exchange("POST", std::move(url), std::move(form), intent::change,
           successes(intent::change, std::move(done)));
}

void api::remove(std::string url, carrier_done<void> done) {
  exchange("DELETE", std::move(url), {}, intent::change,
           [done = std::move(done)](result<api_answer> got) mutable {
             if (!got) return done(std::move(got).error());
             if (got->is_success() || got->status == 404) return done({});
             done(error_of(got->status, got->code, got->message, intent::change));
           });
}

void api::walk(std::string url, std::string rows, visitor visit, carrier_done<void> done) {
  auto walk = std::make_shared<list_walk>();
  walk->through = shared_from_this();
  walk->base = url.substr(0, url.find('?'));
  walk->rows = std::move(rows);
  walk->visit = std::move(visit);
  walk->done = std::move(done);
  walk->fetch(std::move(url));
}

std::string with_query(std::string url, const form_list& fields) {
  if (fields.empty()) return url;
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + form_text({.fields = fields});
}

result<std::optional<std::string>> next_page_of(const json::object& page, std::string_view base) {
  TRY_ASSIGN(std::string next, optional_text_in(page, "next_page_uri", page_address_bytes_max));
  if (next.empty() && page.contains("meta")) {
    TRY_ASSIGN(const json::object* meta, object_in(page, "meta"));
    TRY_ASSIGN(next, optional_text_in(*meta, "next_page_url", page_address_bytes_max));
  }
  if (next.empty()) return std::optional<std::string>();
  // Only what tells the page is taken from it: where our credentials go is ours to say.
  const std::size_t query = next.find('?');
  const std::string path = next.substr(0, query);
  const std::string_view own_path = base.substr(origin_of(base).size());
  const bool is_here = path == own_path || path == base || path.ends_with(own_path);
  if (!is_here || query == std::string::npos) return unreadable("next_page_uri");
  return std::optional(std::string(base) + next.substr(query));
}

}  // namespace dialplane::twilio
