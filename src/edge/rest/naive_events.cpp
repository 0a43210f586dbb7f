// GET /v1/events: the organization's events as they happen (server-sent events), resumed where the
// client stopped.
//
// A stream first catches up from the outbox, page by page as the client takes them, then follows
// the feed. A client too slow for the feed is cut off by the connection and comes back with
// Last-Event-ID. The key is judged again before anything is told after some key was revoked, and
// with each heartbeat; without a key that is good, the stream ends. Rules: naive dialect §1;
// operators only, because events tell of every user.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <chrono>
#include <utility>

#include "domain/event_types.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"
#include "edge/rest/rest_service.hpp"
#include "store/event_queries.hpp"
#include "webhooks/event_feed.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds heartbeat_every{25'000};
constexpr std::size_t outbox_page_size = 200;

struct stream_request {
  std::optional<event_id> after;
  std::optional<timestamp> since;  // used without `after`
  std::vector<std::string> types;  // empty: all
};

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

std::string stream_text(const event& news) {
  const std::string id = news.id.uuid();
  return "id: " + id + "\nevent: " + news.type + "\ndata: {\"id\":" + quoted(id) +
         ",\"event\":" + quoted(news.type) + ",\"data\":" + news.data +
         ",\"ts\":" + std::to_string(news.created_at.unix_ms) + "}\n\n";
}

// Behind the last event made before that time: events are made in the order of their places, but
// for what a clock that was set back mixes up.
result<std::int64_t> position_before(session& work, timestamp since) {
  std::int64_t low = 0;
  TRY_ASSIGN(std::int64_t high, work.events().last_position());
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    TRY_ASSIGN(const auto next, work.events().after(middle, 1));
    if (next.empty() || next.front().what.created_at >= since) {
      high = middle;
    } else {
      low = next.front().position;
    }
  }
  return low;
}

// One open stream. Kept alive by its connection, through the function told of the end.
class event_stream : public std::enable_shared_from_this<event_stream> {
 public:
  event_stream(rest_context context, stream_request asked)
      : service_(context->service()), who_(context->who()), asked_(std::move(asked)),
        context_(std::move(context)), loop_(event_loop::current()),
        key_(hash_of_key(*key_in(context_->request()))),  // it was good a moment ago
        judged_at_(service_.keys().generation()) {}

  // Listens before it looks, so that nothing falls between.
  void begin() {
    ticket_ = service_.hooks().events->subscribe(
        who_.organization, [weak = weak_from_this()](const std::vector<placed_event>& news) {
          if (const auto self = weak.lock()) self->on_news(news);
        });
    service_.env().database().read<std::optional<std::int64_t>>(
        [owner = who_.organization, after = asked_.after,
         since = asked_.since](session& work) -> result<std::optional<std::int64_t>> {
          if (after) return work.events().position_of(owner, *after);
          TRY_ASSIGN(const std::int64_t newest, since ? position_before(work, *since)
                                                      : work.events().last_position());
          return std::optional<std::int64_t>(newest);
        },
        [self = shared_from_this()](result<std::optional<std::int64_t>> place) {
          self->open(std::move(place));
        });
  }

 private:
  void open(result<std::optional<std::int64_t>> place) {
    const rest_context context = std::exchange(context_, nullptr);
    if (!place || !*place) {
      ticket_.reset();
      service_.stream_places().give_back(who_.key);
      error why = place ? refused(error_code::not_found,
                                  "There is no such event, or it has been forgotten.")
                        : place.error();
      if (place) why.hint = "Read the present state, then open a stream without Last-Event-ID.";
      return context->fail(why);
    }
    position_ = **place;
    out_ = context->stream({.status = 200,
                            .content_type = "text/event-stream",
                            .headers = {{"Cache-Control", "no-store"},
                                        {"X-Accel-Buffering", "no"}}},
                           [self = shared_from_this()] { self->close(); });
    out_.write(": events\nretry: 2000\n\n");
    beat();
    catch_up();
  }

  void close() {
    closed_ = true;
    ticket_.reset();
    service_.stream_places().give_back(who_.key);
  }

  void beat() {
    loop_->post_after(heartbeat_every, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || self->closed_) return;
      self->out_.write(": heartbeat\n\n");
      self->beat();
      self->judge_key([](event_stream&) {});
    });
  }

  template <typename Then>
  void judge_key(Then then) {
    const std::uint64_t generation = service_.keys().generation();
    service_.keys().authenticate(
        key_, std::chrono::steady_clock::now(),
        [self = shared_from_this(), generation, then](const result<actor>& judged) {
          if (self->closed_) return;
          if (!judged) return self->out_.end();
          self->judged_at_ = generation;
          then(*self);
        });
  }

  bool key_may_have_changed() const { return judged_at_ != service_.keys().generation(); }

  void catch_up() {
    service_.env().database().read<std::vector<placed_event>>(
        [from = position_](session& work) { return work.events().after(from, outbox_page_size); },
        [self = shared_from_this()](result<std::vector<placed_event>> page) {
          if (self->closed_) return;
          // The client comes back with the last id it saw.
          if (!page) return self->out_.end();
          if (self->key_may_have_changed()) {
            return self->judge_key([](event_stream& each) { each.catch_up(); });
          }
          self->on_page(*page);
        });
  }

  void on_page(const std::vector<placed_event>& page) {
    std::string text;
    for (const placed_event& each : page) {
      position_ = each.position;
      if (each.what.organization == who_.organization) append(each, text);
    }
    live_ = page.size() < outbox_page_size && position_ >= heard_;
    if (live_) {
      if (!text.empty()) out_.write(std::move(text));
      return;
    }
    if (text.empty()) return catch_up();
    out_.write(std::move(text), [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self && !self->closed_) self->catch_up();
    });
  }

  void on_news(const std::vector<placed_event>& news) {
    heard_ = std::max(heard_, news.back().position);
    if (!live_ || closed_) return;
    if (key_may_have_changed()) {
      live_ = false;
      return judge_key([](event_stream& each) { each.catch_up(); });
    }
    std::string text;
    for (const placed_event& each : news) {
      if (each.position <= position_) continue;
      position_ = each.position;
      append(each, text);
    }
    if (!text.empty()) out_.write(std::move(text));
  }

  void append(const placed_event& each, std::string& text) const {
    const bool wanted = asked_.types.empty() ||
                        std::ranges::find(asked_.types, each.what.type) != asked_.types.end();
    if (wanted) text += stream_text(each.what);
  }

  rest_service& service_;
  const actor who_;
  const stream_request asked_;
  rest_context context_;  // until the stream is open
  event_loop* loop_;
  const key_hash key_;
  std::uint64_t judged_at_;  // the authenticator's generation when the key was last judged
  std::unique_ptr<event_feed::subscription> ticket_;
  http_stream out_;
  std::int64_t position_ = 0;  // told, up to there
  std::int64_t heard_ = 0;     // of the feed's events, the last
  bool live_ = false;          // follows the feed
  bool closed_ = false;
};

result<std::optional<event_id>> read_after(const rest_context& context, query_reader& query) {
  std::optional<std::string> text = query.text("after", 64);
  // A client that comes back sends the header with the URL it began with.
  if (const std::string* header = context->request().header("last-event-id")) text = *header;
  if (!text || text->empty()) return std::optional<event_id>();
  const auto id = event_id::parse(*text);
  if (!id) return bad_field("Last-Event-ID", "Last-Event-ID must be the id of an event.");
  return id;
}

result<std::optional<timestamp>> read_since(query_reader& query) {
  const auto text = query.text("since", 40);
  if (!text) return std::optional<timestamp>();
  const auto at = parse_rfc3339(*text);
  if (!at) return bad_field("since", "since must be a time such as 2027-01-31T00:00:00Z.");
  return std::optional<timestamp>(*at);
}

result<std::vector<std::string>> read_types(query_reader& query) {
  std::vector<std::string> types;
  const auto text = query.text("types", 1000);
  if (!text) return types;
  std::string_view rest = *text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view type = rest.substr(0, comma);
    if (!is_event_type(type) && type != webhook_test_event) {
      return bad_field("types", "types must be event types separated by commas; GET "
                                "/v1/webhooks/event-types lists them.");
    }
    types.emplace_back(type);
    if (comma == std::string_view::npos) return types;
    rest.remove_prefix(comma + 1);
  }
}

result<void> start_stream(const rest_context& context) {
  rest_service& service = context->service();
  if (service.hooks().events == nullptr) {
    return refused(error_code::not_configured, "This server tells of no events.");
  }
  query_reader query(context->query_parameters());
  stream_request asked;
  TRY_ASSIGN(asked.after, read_after(context, query));
  TRY_ASSIGN(asked.since, read_since(query));
  TRY_ASSIGN(asked.types, read_types(query));
  TRY(query.finish());
  if (!service.stream_places().take(context->who().key)) {
    error busy = not_done(error_code::rate_limited, "Too many event streams are open.", {});
    busy.details["retry_after_ms"] = 5'000;
    return busy;
  }
  std::make_shared<event_stream>(context, std::move(asked))->begin();
  return {};
}

}  // namespace

void naive_events_stream(rest_context context) { start_or_fail(context, start_stream); }

}  // namespace dialplane
