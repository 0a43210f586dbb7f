#include "app/agent_config.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/object_reader.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t tools_max = 32;
constexpr std::size_t transfers_max = 16;
constexpr std::size_t keyterms_max = 100;

// A member that, where it is given, is a number within bounds.
void expect_number(object_reader& body, std::string_view name, double min, double max,
                   std::string_view words) {
  const json::value* value = body.optional_value(name);
  if (value == nullptr) return;
  boost::system::error_code failure;
  const double number = value->is_number() ? value->to_number<double>(failure) : min - 1;
  if (failure || number < min || number > max) {
    const std::string path = body.path_of(name);
    body.take_error(bad_field(path, path + " must be a number from " + std::string(words) + "."));
  }
}

json::value or_null(const nullable<std::string>& text) {
  return text.value ? json::value(*text.value) : json::value(nullptr);
}

// What stands where a member was left out. A member that is given is kept as given.
json::object default_config() {
  return {{"instructions", ""},
          {"initial_message", nullptr},
          {"model", json::object{{"id", "default"}}},
          {"language", json::object{{"primary", "en"}}},
          {"audio",
           json::object{{"input", json::object{{"noise_suppression", "auto"},
                                               {"keyterms", json::array{}}}},
                        {"output", json::object{{"voice_id", ""}, {"speed", 1}, {"volume", 1}}}}},
          {"tools", json::array{}}};
}

result<void> judge_model(const json::object& asked) {
  object_reader body(asked, "config.model");
  body.optional_string("id", {.min = 1, .max = 128});
  const json::value* heat = asked.if_contains("temperature");
  if (heat != nullptr && heat->is_null()) {
    body.ignore("temperature");
  } else {
    expect_number(body, "temperature", 0.0, 2.0, "0 to 2");
  }
  body.nullable_int("max_output_tokens", 1, 1'000'000);
  return body.finish();
}

result<void> judge_language(const json::object& asked) {
  object_reader body(asked, "config.language");
  body.optional_string("primary", {.min = 1, .max = 35});
  return body.finish();
}

result<void> judge_audio_input(const json::object& asked) {
  object_reader body(asked, "config.audio.input");
  body.optional_choice("noise_suppression", {"off", "auto", "max"});
  body.optional_string_list("keyterms", keyterms_max, {.min = 1, .max = 100});
  return body.finish();
}

result<void> judge_background(const json::object& asked) {
  object_reader body(asked, "config.audio.output.background_sound");
  body.required_string("file_id", {.min = 1, .max = 255});
  expect_number(body, "volume", 0.0, 2.0, "0 to 2");
  return body.finish();
}

result<void> judge_audio_output(const json::object& asked) {
  object_reader body(asked, "config.audio.output");
  body.optional_string("voice_id", {.min = 0, .max = 255});
  expect_number(body, "speed", 0.6, 1.5, "0.6 to 1.5");
  expect_number(body, "volume", 0.5, 2.0, "0.5 to 2");
  body.nullable_string("emotion", {.min = 1, .max = 64});
  body.nullable_string("pronunciation_dictionary_id", {.min = 1, .max = 255});
  const json::value* sound = asked.if_contains("background_sound");
  if (sound != nullptr && sound->is_null()) {
    body.ignore("background_sound");
  } else if (const json::object* given = body.optional_object("background_sound")) {
    if (auto judged = judge_background(*given); !judged) body.take_error(judged.error());
  }
  return body.finish();
}

result<void> judge_audio(const json::object& asked) {
  object_reader body(asked, "config.audio");
  const json::object* input = body.optional_object("input");
  const json::object* output = body.optional_object("output");
  TRY(body.finish());
  if (input != nullptr) TRY(judge_audio_input(*input));
  if (output != nullptr) TRY(judge_audio_output(*output));
  return {};
}

result<void> judge_tools(const json::value& asked) {
  const json::array* items = asked.if_array();
  if (items == nullptr || items->size() > tools_max) {
    return bad_field("config.tools", "config.tools must be a list of at most 32 objects.");
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    const std::string path = "config.tools." + std::to_string(i);
    const json::object* item = (*items)[i].if_object();
    if (item == nullptr) return bad_field(path, path + " must be an object.");
    object_reader body(*item, path);
    body.required_string("id", {.min = 1, .max = 255});
    TRY(body.finish());
  }
  return {};
}

constexpr text_rule description_rule{.max = 2000, .allow_line_breaks = true};

// The members every system tool has; the reader goes on with its own.
json::object read_tool_base(object_reader& body) {
  json::object tool;
  tool["description"] = or_null(body.nullable_string("description", description_rule));
  constexpr std::string_view manners[] = {"auto", "force"};
  const auto manner = body.optional_choice("pre_tool_speech", {"auto", "force"});
  tool["pre_tool_speech"] = manners[manner.value_or(0)];
  return tool;
}

result<json::value> read_simple_tool(const json::object& asked, const std::string& path) {
  object_reader body(asked, path);
  json::object tool = read_tool_base(body);
  TRY(body.finish());
  return json::value(std::move(tool));
}

// As the vendor checks it: wider than the numbers this server sells.
bool is_dialable(std::string_view text) {
  if (text.size() < 8 || text.size() > 16 || text[0] != '+' || text[1] == '0') return false;
  return std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_sip_uri(std::string_view text) {
  constexpr std::string_view scheme = "sip:";
  const std::size_t at = text.find('@');
  return text.starts_with(scheme) && at != std::string_view::npos && at > scheme.size() &&
         at + 1 < text.size() && text.find_first_of(" <>\"") == std::string_view::npos;
}

result<json::value> read_destination(const json::object& asked, const std::string& path) {
  object_reader body(asked, path);
  const bool is_phone = body.required_choice("type", {"phone", "sip_uri"}) == 0;
  const std::string member = is_phone ? "phone_number" : "sip_uri";
  const std::string target = body.required_string(member, {.min = 1, .max = 255});
  TRY(body.finish());
  if (is_phone && !is_dialable(target)) {
    return bad_field(path + ".phone_number",
                     path + ".phone_number must be a number in E.164 form: +14155550132.");
  }
  if (!is_phone && !is_sip_uri(target)) {
    return bad_field(path + ".sip_uri", path + ".sip_uri must look like sip:user@host.");
  }
  return json::value(json::object{{"type", is_phone ? "phone" : "sip_uri"}, {member, target}});
}

result<json::value> read_transfer_tool(const json::object& asked, const std::string& path) {
  object_reader body(asked, path);
  json::object tool = read_tool_base(body);
  const json::value* given = body.optional_value("transfers");
  TRY(body.finish());
  const std::string list_path = path + ".transfers";
  const json::array* items = given != nullptr ? given->if_array() : nullptr;
  if (items == nullptr || items->empty() || items->size() > transfers_max) {
    return bad_field(list_path, list_path + " must be a list of 1 to 16 objects.");
  }
  json::array transfers;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const std::string item_path = list_path + "." + std::to_string(i);
    const json::object* item = (*items)[i].if_object();
    if (item == nullptr) return bad_field(item_path, item_path + " must be an object.");
    object_reader one(*item, item_path);
    const json::object* destination = one.required_object("destination");
    const std::string condition =
        one.required_string("condition", {.max = 1000, .allow_line_breaks = true});
    TRY(one.finish());
    TRY_ASSIGN(json::value where, read_destination(*destination, item_path + ".destination"));
    transfers.push_back(
        json::object{{"destination", std::move(where)}, {"condition", condition}});
  }
  tool["transfers"] = std::move(transfers);
  return json::value(std::move(tool));
}

constexpr std::string_view tool_names[] = {"end_call", "send_dtmf", "transfer_to_number"};

// The three slots: left out = as in `present`, null = off, an object = on.
result<json::value> read_system_tools(const json::object& asked, const json::object& present) {
  object_reader body(asked, "config.system_tools");
  json::object slots;
  for (const std::string_view name : tool_names) {
    const json::value* given = body.optional_value(name);
    const std::string path = body.path_of(name);
    if (given == nullptr) {
      const json::value* before = present.if_contains(name);
      slots[name] = before != nullptr ? *before : json::value(nullptr);
    } else if (given->is_null()) {
      slots[name] = nullptr;
    } else if (const json::object* on = given->if_object()) {
      auto tool = name == "transfer_to_number" ? read_transfer_tool(*on, path)
                                               : read_simple_tool(*on, path);
      if (tool) {
        slots[name] = *std::move(tool);
      } else {
        body.take_error(std::move(tool).error());
      }
    } else {
      body.take_error(bad_field(path, path + " must be an object or null."));
    }
  }
  TRY(body.finish());
  return json::value(std::move(slots));
}

struct object_member {
  std::string_view name;
  result<void> (*judge)(const json::object&);
};
constexpr object_member object_members[] = {
    {"model", judge_model}, {"language", judge_language}, {"audio", judge_audio}};

// Judges the given members of `asked` and puts them over `config`.
result<json::object> put_over(json::object config, const json::object& asked) {
  object_reader body(asked, "config");
  const auto instructions =
      body.optional_string("instructions", {.max = 32'768, .allow_line_breaks = true});
  if (instructions) config["instructions"] = *instructions;
  const auto greeting =
      body.nullable_string("initial_message", {.max = 4'096, .allow_line_breaks = true});
  if (greeting.present) config["initial_message"] = or_null(greeting);
  for (const object_member& member : object_members) {
    const json::object* given = body.optional_object(member.name);
    if (given == nullptr) continue;
    if (auto judged = member.judge(*given); !judged) body.take_error(judged.error());
    config[member.name] = *given;
  }
  const json::value* tools = body.optional_value("tools");
  const json::object* system_tools = body.optional_object("system_tools");
  TRY(body.finish());
  if (tools != nullptr) {
    TRY(judge_tools(*tools));
    config["tools"] = *tools;
  }
  const json::object none;
  const json::value* before = config.if_contains("system_tools");
  const json::object* slots = before != nullptr ? before->if_object() : nullptr;
  TRY_ASSIGN(config["system_tools"],
             read_system_tools(system_tools != nullptr ? *system_tools : none,
                               slots != nullptr ? *slots : none));
  return config;
}

}  // namespace

result<json::object> complete_agent_config(const json::object& asked) {
  return put_over(default_config(), asked);
}

result<json::object> merge_agent_config(const json::object& present, const json::object& change) {
  return put_over(present, change);
}

}  // namespace dialplane
