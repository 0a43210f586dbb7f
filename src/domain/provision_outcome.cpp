#include "domain/provision_outcome.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "base/json_text.hpp"
#include "domain/stored_error.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

error unreadable() { return internal_fault("a stored outcome is not readable"); }

result<json::object> stored_object(std::string_view text) {
  boost::system::error_code failure;
  json::value parsed = json::parse(text, failure);
  if (failure || !parsed.is_object()) return unreadable();
  return std::move(parsed.get_object());
}

std::optional<error> failure_of(const json::object& stored) {
  const json::value* failure = stored.if_contains("error");
  if (failure == nullptr) return std::nullopt;
  return failure->is_object() ? error_from_json(failure->get_object()) : unreadable();
}

// Reads members of one stored object; whatever is missing or wrong makes `broken` true.
struct member_reader {
  const json::object& from;
  bool& broken;

  std::string text(std::string_view name) {
    const json::value* found = from.if_contains(name);
    if (found == nullptr || !found->is_string()) {
      broken = true;
      return {};
    }
    return {found->get_string().data(), found->get_string().size()};
  }
  std::optional<std::string> text_or_null(std::string_view name) {
    const json::value* found = from.if_contains(name);
    if (found == nullptr || found->is_null()) return std::nullopt;
    return text(name);
  }
  std::int64_t integer(std::string_view name) {
    const json::value* found = from.if_contains(name);
    if (found != nullptr && found->is_int64()) return found->get_int64();
    broken = true;
    return 0;
  }
  timestamp time(std::string_view name) {
    const auto parsed = parse_rfc3339(text(name));
    broken = broken || !parsed;
    return parsed ? *parsed : timestamp{};
  }
  template <typename Id>
  Id id(std::string_view name) {
    const auto parsed = Id::parse(text(name));
    broken = broken || !parsed;
    return parsed.value_or(Id{});
  }
  template <typename Enum>
  Enum word(std::string_view name) {
    const auto parsed = value_named<Enum>(text(name));
    broken = broken || !parsed;
    return parsed.value_or(Enum{});
  }
  // Null where the member is null.
  const json::object* object_or_null(std::string_view name) {
    const json::value* found = from.if_contains(name);
    if (found == nullptr || found->is_null()) return nullptr;
    broken = broken || !found->is_object();
    return found->if_object();
  }
};

std::optional<named_agent> read_agent(member_reader& parent, std::string_view name) {
  const json::object* found = parent.object_or_null(name);
  if (found == nullptr) return std::nullopt;
  member_reader read{*found, parent.broken};
  return named_agent{read.id<agent_id>("id"), read.text("name")};
}

provision_outcome::number_part read_number(const json::object& from, bool& broken) {
  member_reader read{from, broken};
  provision_outcome::number_part part;
  part.id = read.id<number_id>("id");
  part.e164 = read.text("e164");
  const auto type = parse_number_type(read.text("type"));
  broken = broken || !type;
  part.type = type.value_or(number_type::local);
  part.label = read.text_or_null("label");
  part.area_code_asked = read.text("area_code_asked");
  part.agent = read_agent(read, "agent");
  part.inbound_agent = read_agent(read, "inbound_agent");
  part.created_at = read.time("created_at");
  part.updated_at = read.time("updated_at");
  return part;
}

provision_outcome::campaign_part read_campaign(const json::object& from, bool& broken) {
  member_reader read{from, broken};
  provision_outcome::campaign_part part;
  part.id = read.id<campaign_id>("id");
  part.status = read.word<campaign_status>("status");
  part.kind = read.word<campaign_kind>("kind");
  part.eta = read.text_or_null("eta");
  return part;
}

}  // namespace

provision_outcome outcome_of_provision(const number& bought, const std::optional<agent>& connected,
                                       const std::optional<campaign>& filed,
                                       const std::optional<brand>& company, micro_credits used,
                                       micro_credits remaining) {
  provision_outcome outcome;
  provision_outcome::number_part& part = outcome.number;
  part = {.id = bought.id,
          .e164 = bought.e164,
          .type = bought.type,
          .label = bought.label,
          .area_code_asked = bought.area_code_asked,
          .created_at = bought.created_at,
          .updated_at = bought.updated_at};
  if (connected) part.agent = named_agent{connected->id, connected->name};
  if (bought.inbound_agent) part.inbound_agent = part.agent;
  if (filed) outcome.campaign = {filed->id, filed->status, filed->kind, review_eta(*filed)};
  if (awaits_owner(company)) outcome.brand_verification = "pending_otp";
  outcome.used = used;
  outcome.remaining = remaining;
  return outcome;
}

namespace {

void put_agent(json_text& into, std::string_view name, const std::optional<named_agent>& who) {
  if (!who) return into.put_null(name);
  into.begin(name);
  into.put_text("id", who->id.uuid());
  into.put_text("name", who->name);
  into.end();
}

void put_number(json_text& into, const provision_outcome::number_part& part) {
  into.begin("number");
  into.put_text("id", part.id.uuid());
  into.put_text("e164", part.e164);
  into.put_text("type", name_of(part.type));
  into.put_text_or_null("label", part.label);
  into.put_text("area_code_asked", part.area_code_asked);
  put_agent(into, "agent", part.agent);
  put_agent(into, "inbound_agent", part.inbound_agent);
  into.put_text("created_at", to_rfc3339(part.created_at));
  into.put_text("updated_at", to_rfc3339(part.updated_at));
  into.end();
}

void put_campaign(json_text& into, const std::optional<provision_outcome::campaign_part>& filed) {
  if (!filed) return into.put_null("campaign");
  into.begin("campaign");
  into.put_text("id", filed->id.uuid());
  into.put_text("status", name_of_value(filed->status));
  into.put_text("kind", name_of_value(filed->kind));
  into.put_text_or_null("eta", filed->eta);
  into.end();
}

}  // namespace

std::string to_json(const provision_outcome& outcome) {
  json_text text(512);
  put_number(text, outcome.number);
  put_campaign(text, outcome.campaign);
  text.put_text_or_null("brand_verification", outcome.brand_verification);
  text.put_integer("credits_used_micro", outcome.used.value);
  text.put_integer("credits_remaining_micro", outcome.remaining.value);
  return text.take();
}

result<provision_outcome> parse_provision_outcome(std::string_view text) {
  TRY_ASSIGN(const json::object stored, stored_object(text));
  if (auto failure = failure_of(stored)) return *std::move(failure);
  bool broken = false;
  member_reader read{stored, broken};
  provision_outcome outcome;
  const json::object* bought = read.object_or_null("number");
  if (bought == nullptr) return unreadable();
  outcome.number = read_number(*bought, broken);
  if (const json::object* filed = read.object_or_null("campaign")) {
    outcome.campaign = read_campaign(*filed, broken);
  }
  outcome.brand_verification = read.text_or_null("brand_verification");
  outcome.used = {read.integer("credits_used_micro")};
  outcome.remaining = {read.integer("credits_remaining_micro")};
  if (broken) return unreadable();
  return outcome;
}

result<std::shared_ptr<const provision_outcome>> outcome_of(const operation& ended) {
  if (ended.outcome_at_hand) return ended.outcome_at_hand;
  TRY_ASSIGN(provision_outcome outcome, parse_provision_outcome(ended.outcome));
  return std::make_shared<const provision_outcome>(std::move(outcome));
}

result<release_outcome> parse_release_outcome(std::string_view text) {
  TRY_ASSIGN(const json::object stored, stored_object(text));
  if (auto failure = failure_of(stored)) return *std::move(failure);
  bool broken = false;
  member_reader read{stored, broken};
  release_outcome outcome{read.time("released_at"), read.integer("assignments_removed"), {}};
  if (const auto last = read.text_or_null("campaign_to_end")) {
    outcome.campaign_to_end = campaign_id::parse(*last);
  }
  if (broken) return unreadable();
  return outcome;
}

std::optional<error> failure_in(std::string_view text) {
  auto stored = stored_object(text);
  if (!stored) return std::move(stored).error();
  return failure_of(*stored);
}

}  // namespace dialplane
