#include "app/send_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "app/audit_trail.hpp"
#include "app/phone_numbers.hpp"
#include "app/replay.hpp"
#include "domain/sms_segments.hpp"
#include "workflow/texts/accept_text.hpp"
#include "workflow/texts/send_queue.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::string_view sealed_purpose = "text";

// What the transaction decided; the rest happens outside it.
struct send_decision {
  sent_text_answer answer;
  std::optional<accepted_text> accepted;  // nothing for a repeat
};

std::string snapshot_of(const sent_text_answer& answer) {
  return json::serialize(json::object{{"id", answer.id.uuid()},
                                      {"from", answer.from},
                                      {"to", answer.to},
                                      {"segments", answer.segments},
                                      {"unicode", answer.unicode},
                                      {"used", answer.used.value},
                                      {"remaining", answer.remaining.value}});
}

result<sent_text_answer> parse_snapshot(std::string_view text) {
  boost::system::error_code failed;
  const json::value parsed = json::parse(text, failed);
  const json::object* kept = failed ? nullptr : parsed.if_object();
  const auto member = [kept](std::string_view name) -> const json::value* {
    return kept == nullptr ? nullptr : kept->if_contains(name);
  };
  const json::value* id = member("id");
  const auto known = id != nullptr && id->is_string()
                         ? message_id::parse(std::string_view(id->get_string()))
                         : std::nullopt;
  if (!known) return internal_fault("a remembered text has no readable snapshot");
  const auto number_at = [&](std::string_view name) {
    const json::value* value = member(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
  };
  const auto text_at = [&](std::string_view name) {
    const json::value* value = member(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
  };
  const json::value* unicode = member("unicode");
  return sent_text_answer{.id = *known,
                          .from = text_at("from"),
                          .to = text_at("to"),
                          .segments = number_at("segments"),
                          .unicode = unicode != nullptr && unicode->is_bool() &&
                                     unicode->get_bool(),
                          .used = {number_at("used")},
                          .remaining = {number_at("remaining")},
                          .replayed = true};
}

result<text_request> wanted_text(session& work, const app_environment& env,
                                 const send_text_request& request) {
  TRY_ASSIGN(number sender, find_phone(work, request.who, request.user, request.from));
  if (sender.status == number_status::released) {
    return refused(error_code::resource_not_found, "No such phone number.");
  }
  const carrier* through = env.work.carriers.find(sender.carrier);
  const bool media_fits = request.media_urls.empty() ||
                          (through != nullptr && through->abilities().sends_media);
  if (!media_fits) {
    return bad_field("media_urls", "The carrier of this number sends no media; leave it out.");
  }
  return text_request{.origin = text_origin::request,
                      .sender = std::move(sender),
                      .recipient = request.to,
                      .body = request.body,
                      .media_urls = request.media_urls,
                      .purpose = request.purpose,
                      .agent = request.who.agent,
                      .key = request.who.key,
                      .by_operator = request.who.is_operator(),
                      .consent = request.consent,
                      .queue_in_quiet_hours = request.queue,
                      .request_id = request.identity.request_id};
}

result<std::optional<send_decision>> find_earlier(session& work, const app_environment& env,
                                                  const request_identity& identity) {
  TRY_ASSIGN(const auto earlier, find_replay(work, env, identity));
  if (!earlier) return std::optional<send_decision>();
  TRY_ASSIGN(const std::string text, env.seals.open(earlier->sealed_answer, sealed_purpose));
  TRY_ASSIGN(sent_text_answer answer, parse_snapshot(text));
  return std::optional(send_decision{std::move(answer), std::nullopt});
}

result<void> remember(session& work, const app_environment& env, const request_identity& identity,
                      const sent_text_answer& answer) {
  if (!identity.is_remembered()) return {};
  replayed_request became;
  became.sealed_answer = env.seals.seal(snapshot_of(answer), sealed_purpose);
  return remember_request(work, env, identity, became);
}

// The unit: nothing outside the database happens in here.
result<send_decision> decide_sending(session& work, app_environment& env,
                                     const send_text_request& request,
                                     std::optional<timestamp> lease) {
  TRY_ASSIGN(auto earlier, find_earlier(work, env, request.identity));
  if (earlier) return *std::move(earlier);
  TRY_ASSIGN(const text_request wanted, wanted_text(work, env, request));
  TRY_ASSIGN(const text_permit permit, judge_text(work, env.work, wanted));
  TRY_ASSIGN(accepted_text accepted, accept_text(work, env.work, wanted, permit, lease));
  TRY_ASSIGN(const ledger_balances balances, work.ledger().balances(request.who.organization));
  TRY(record_act(work, env, request.who, "phone.sms.accepted", accepted.row.id.uuid(),
                 request.identity.request_id,
                 {{"phone", accepted.row.number.uuid()}, {"segments", permit.segments}},
                 permit.price));
  send_decision decided;
  decided.answer = {.id = accepted.row.id,
                    .from = accepted.row.from,
                    .to = accepted.row.to,
                    .segments = permit.segments,
                    .unicode = permit.unicode,
                    .used = permit.price,
                    .remaining = balances.available};
  TRY(remember(work, env, request.identity, decided.answer));
  decided.accepted = std::move(accepted);
  return decided;
}

}  // namespace

void send_text(app_environment& env, send_text_request request,
               unique_function<void(result<sent_text_answer>)> done) {
  auto asked = std::make_shared<const send_text_request>(std::move(request));
  env.database().write<send_decision>(
      [&env, asked, lease = env.texts.lease()](session& work) {
        return decide_sending(work, env, *asked, lease);
      },
      [&env, done = std::move(done)](result<send_decision> decided) mutable {
        if (!decided) return done(std::move(decided).error());
        if (decided->accepted) env.texts.start(*std::move(decided->accepted));
        done(std::move(decided->answer));
      });
}

result<text_forecast> forecast_text(session& work, const app_environment& env,
                                    const send_text_request& request) {
  TRY_ASSIGN(const text_request wanted, wanted_text(work, env, request));
  text_forecast forecast;
  const result<text_permit> permit = judge_text(work, env.work, wanted);
  if (permit) {
    forecast.segments = permit->segments;
    forecast.unicode = permit->unicode;
    forecast.price = permit->price;
    forecast.not_before = permit->not_before;
    return forecast;
  }
  if (permit.error().kind != error_class::refused) return permit.error();
  forecast.refusal = permit.error();
  const sms_size size = measure_sms(request.body);
  forecast.segments = size.parts;
  forecast.unicode = size.unicode;
  forecast.price = {env.rules().prices.outbound_sms_segment.value * size.parts};
  return forecast;
}

}  // namespace dialplane
