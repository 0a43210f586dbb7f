#include "edge/cli/plan_difference.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/ids.hpp"
#include "edge/cli/table_text.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

const json::value* row_with(const json::array& rows, std::string_view member,
                            std::string_view text) {
  const auto found = std::ranges::find_if(rows, [&](const json::value& row) {
    return text_at(row, member) == text && !text.empty();
  });
  return found == rows.end() ? nullptr : &*found;
}

// "agent_" + base62 and a UUID may name the same row.
std::string one_form(std::string_view id) {
  const std::size_t bar = id.find('_');
  if (bar == std::string_view::npos) return std::string(id);
  const auto bytes = parse_base62_text(id.substr(bar + 1));
  return bytes ? uuid_text(*bytes) : std::string(id);
}

api_request request_of(std::string method, std::string target, const json::object& body) {
  api_request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = json::serialize(body);
  return request;
}

class comparison {
 public:
  comparison(const plan_present& present, ids_by_name& known, std::string program)
      : present_(present), known_(known), program_(std::move(program)) {}

  void compare_kit(const wished_kit& wish);
  void compare_agent(const wished_agent& wish);
  void compare_webhook(const wished_webhook& wish);
  void compare_number(const wished_number& wish);
  void name_what_stays(const plan_wish& wish);

  std::vector<plan_step> steps;

 private:
  void add(plan_act act, std::string what, std::string sentence, api_request request) {
    steps.push_back({.act = act,
                     .what = std::move(what),
                     .sentence = std::move(sentence),
                     .request = [request = std::move(request)](const ids_by_name&) {
                       return request;
                     }});
  }
  void stay(std::string what, std::string sentence) {
    steps.push_back({.act = plan_act::leave, .what = std::move(what),
                     .sentence = std::move(sentence)});
  }
  void compare_voice(const wished_agent& wish, const std::string& id);
  void assign(const wished_number& wish, const json::value& row);
  void create_number(const wished_number& wish);
  bool waits_for_approval(const wished_number& wish);

  const plan_present& present_;
  ids_by_name& known_;
  const std::string program_;
};

json::object kit_body(const wished_kit& wish) {
  json::object phone{{"enabled", true}};
  if (wish.requires_approval) phone["requiresApproval"] = *wish.requires_approval;
  json::object defaults;
  if (wish.max_numbers) defaults["max_numbers"] = *wish.max_numbers;
  if (wish.monthly_credits) defaults["monthly_credit_limit"] = *wish.monthly_credits;
  if (!defaults.empty()) phone["defaults"] = std::move(defaults);
  json::object body{{"name", wish.name},
                    {"primitives_config", json::object{{"phone", std::move(phone)}}}};
  if (wish.description) body["description"] = *wish.description;
  return body;
}

// Is everything in `wish` in `have` too? Numbers are compared by value: 5 is 5.0.
bool holds(const json::value& have, const json::value& wish) {
  const json::object* members = wish.if_object();
  if (members == nullptr) {
    return have.is_number() && wish.is_number()
               ? have.to_number<double>() == wish.to_number<double>()
               : have == wish;
  }
  return std::ranges::all_of(*members, [&have](const auto& member) {
    return holds(value_at(have, member.key()), member.value());
  });
}

void comparison::compare_kit(const wished_kit& wish) {
  const std::string what = "kit " + wish.name;
  const json::object body = kit_body(wish);
  const json::value* row = row_with(present_.kits, "name", wish.name);
  if (row == nullptr) {
    return add(plan_act::create, what, "is made", request_of("POST", "/v1/account-kits", body));
  }
  if (holds(*row, body)) return;
  add(plan_act::update, what, "is changed",
      request_of("PATCH", "/v1/account-kits/" + text_at(*row, "id"), body));
}

json::object agent_body(const wished_agent& wish) {
  json::object body{{"name", wish.name}};
  if (wish.description) body["description"] = *wish.description;
  if (wish.instructions) body["config"] = json::object{{"instructions", *wish.instructions}};
  return body;
}

void comparison::compare_agent(const wished_agent& wish) {
  const std::string what = "agent " + wish.name;
  const json::value* row = row_with(present_.agents, "name", wish.name);
  const bool renamed = row == nullptr && wish.was &&
                       (row = row_with(present_.agents, "name", *wish.was)) != nullptr;
  const json::object body = agent_body(wish);
  if (row == nullptr) {
    add(plan_act::create, what, "is made", request_of("POST", "/v1/agents", body));
    steps.back().learns = wish.name;
    return compare_voice(wish, "");
  }
  const std::string id = text_at(*row, "id");
  known_[wish.name] = id;
  const std::string target = "/v1/agents/" + id;
  if (renamed) {
    add(plan_act::rename, what, "is the new name of " + *wish.was,
        request_of("PATCH", target, body));
  } else if (!holds(*row, body)) {
    add(plan_act::update, what, "is changed", request_of("PATCH", target, body));
  }
  compare_voice(wish, id);
}

void comparison::compare_voice(const wished_agent& wish, const std::string& id) {
  if (!wish.voice) return;
  const char* member = wish.voice->type == "sip" ? "uri" : "url";
  const json::object body{{"type", wish.voice->type}, {member, wish.voice->address}};
  const auto have = present_.voices.find(id);
  if (!id.empty() && have != present_.voices.end() && holds(have->second, body)) return;
  plan_step step{.act = plan_act::assign, .what = "agent " + wish.name,
                 .sentence = "answers calls at " + wish.voice->address};
  step.request = [name = wish.name, body](const ids_by_name& known) {
    const auto at = known.find(name);
    return request_of("PUT", "/v1/voice-endpoints/" + (at == known.end() ? name : at->second),
                      body);
  };
  steps.push_back(std::move(step));
}

void comparison::compare_webhook(const wished_webhook& wish) {
  const json::object body{{"url", wish.url},
                          {"eventTypes", json::array(wish.events.begin(), wish.events.end())}};
  const json::value* row = row_with(present_.webhooks, "url", wish.url);
  if (row == nullptr) {
    return add(plan_act::create, "webhook " + wish.url,
               "is made; its secret is in the result, this once",
               request_of("POST", "/v1/webhooks", body));
  }
  const json::value& events = value_at(*row, "eventTypes");
  std::vector<std::string> have;
  if (events.is_array()) {
    for (const json::value& one : events.get_array()) have.push_back(plain_text(one));
  }
  std::vector<std::string> want = wish.events;
  std::ranges::sort(have);
  std::ranges::sort(want);
  if (have == want) return;
  add(plan_act::update, "webhook " + wish.url, "gets other events",
      request_of("PATCH", "/v1/webhooks/" + text_at(*row, "id"),
                 json::object{{"eventTypes", body.at("eventTypes")}}));
}

bool comparison::waits_for_approval(const wished_number& wish) {
  const json::value* row = row_with(present_.approvals, "payload.label", wish.label);
  if (row == nullptr) return false;
  const std::string id = text_at(*row, "id");
  steps.push_back({.act = plan_act::wait, .what = "number " + wish.label,
                   .sentence = "waits for a human: `" + program_ + " approvals approve " + id +
                               "` buys it"});
  return true;
}

void comparison::create_number(const wished_number& wish) {
  if (waits_for_approval(wish)) return;
  json::object body{{"label", wish.label}, {"type", wish.type}};
  if (wish.area_code) body["area_code"] = *wish.area_code;
  if (wish.area_code_policy) body["area_code_policy"] = *wish.area_code_policy;
  if (wish.ein) body["ein"] = *wish.ein;
  plan_step step{.act = plan_act::create, .what = "number " + wish.label,
                 .sentence = "is bought" + (wish.area_code ? " in " + *wish.area_code : "") +
                             (wish.agent ? ", for agent " + *wish.agent : ""),
                 .spends = true};
  step.request = [body, agent = wish.agent](const ids_by_name& known) {
    json::object whole = body;
    if (agent && known.contains(*agent)) whole["agent_id"] = one_form(known.at(*agent));
    return request_of("POST", "/v1/phone/provision", whole);
  };
  steps.push_back(std::move(step));
}

void comparison::assign(const wished_number& wish, const json::value& row) {
  const json::value& links = value_at(row, "agents");
  const std::string wanted = known_.contains(*wish.agent) ? one_form(known_.at(*wish.agent)) : "";
  bool linked = false;
  for (const json::value& link : links.is_array() ? links.get_array() : json::array()) {
    const std::string id = text_at(link, "agent_id");
    linked = linked || id == wanted;
    if (id == wanted) continue;
    stay("number " + wish.label, "has agent " + id + " too: `" + program_ + " phone unassign " +
                                     text_at(row, "id") + " " + id + "` takes it away");
  }
  if (linked) return;
  plan_step step{.act = plan_act::assign, .what = "number " + wish.label,
                 .sentence = "goes to agent " + *wish.agent};
  step.request = [id = text_at(row, "id"), name = *wish.agent](const ids_by_name& known) {
    const auto at = known.find(name);
    return request_of("POST", "/v1/phone/" + id + "/assign",
                      json::object{{"agent_id", at == known.end() ? name : one_form(at->second)}});
  };
  steps.push_back(std::move(step));
}

void comparison::compare_number(const wished_number& wish) {
  const json::value* row = row_with(present_.numbers, "label", wish.label);
  if (row == nullptr && wish.was) {
    row = row_with(present_.numbers, "label", *wish.was);
    if (row != nullptr) {
      add(plan_act::rename, "number " + wish.label, "is the new label of " + *wish.was,
          request_of("PATCH", "/agents/phone-numbers/" + text_at(*row, "id"),
                     json::object{{"label", wish.label}}));
    }
  }
  if (row == nullptr) return create_number(wish);
  const std::string area_code = text_at(*row, "area_code");
  if (wish.area_code && *wish.area_code != area_code &&
      wish.area_code_policy.value_or("") == "exact") {
    stay("number " + wish.label, text_at(*row, "e164") + " is in " + area_code +
                                     ": a number cannot move; give the new one another label");
  }
  if (wish.agent) assign(wish, *row);
}

// Said for each, so that nobody takes silence for removal.
void comparison::name_what_stays(const plan_wish& wish) {
  const auto wished = [&wish](const std::string& label) {
    return std::ranges::any_of(wish.numbers, [&label](const wished_number& one) {
      return one.label == label || one.was == label;
    });
  };
  for (const json::value& row : present_.numbers) {
    const std::string label = text_at(row, "label");
    if (wished(label) || text_at(row, "status") == "releasing") continue;
    stay("number " + (label.empty() ? text_at(row, "e164") : label),
         "is not in the file and stays: `" + program_ + " phone release " + text_at(row, "id") +
             "` would release " + text_at(row, "e164"));
  }
}

}  // namespace

std::string_view name_of(plan_act act) noexcept {
  switch (act) {
    case plan_act::create: return "create";
    case plan_act::rename: return "rename";
    case plan_act::assign: return "assign";
    case plan_act::update: return "update";
    case plan_act::wait: return "wait";
    case plan_act::leave: return "leave";
  }
  return "";
}

std::vector<plan_step> difference(const plan_wish& wish, const plan_present& present,
                                  ids_by_name& known, const std::string& program) {
  for (const json::value& row : present.agents) known[text_at(row, "name")] = text_at(row, "id");
  comparison found(present, known, program);
  for (const wished_kit& one : wish.kits) found.compare_kit(one);
  for (const wished_agent& one : wish.agents) found.compare_agent(one);
  for (const wished_webhook& one : wish.webhooks) found.compare_webhook(one);
  for (const wished_number& one : wish.numbers) found.compare_number(one);
  found.name_what_stays(wish);
  return std::move(found.steps);
}

}  // namespace dialplane::cli
