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

// A member that is a number within bounds; nothing where absent.
std::optional<double> number_between(object_reader& body, std::string_view name, double min,
                                     double max, std::string_view words) {
  const json::value* value = body.optional_value(name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code failure;
  const double number = value->is_number() ? value->to_number<double>(failure) : min - 1;
  if (failure || number < min || number > max) {
    const std::string path = body.path_of(name);
    body.take_error(bad_field(path, path + " must be a number from " + std::string(words) + "."));
    return std::nullopt;
  }
  return number;
}

json::value or_null(const nullable<std::string>& text) {
  return text.value ? json::value(*text.value) : json::value(nullptr);
}

result<json::value> read_model(const json::object& asked) {
  object_reader body(asked, "config.model");
  json::object model{{"id", body.optional_string("id", {.min = 1, .max = 128}).value_or("default")},
                     {"temperature", nullptr},
                     {"max_output_tokens", nullptr}};
  if (body.has("temperature") && !asked.at("temperature").is_null()) {
    const auto heat = number_between(body, "temperature", 0.0, 2.0, "0 to 2");
    if (heat) model["temperature"] = *heat;
  } else {
    body.ignore("temperature");
  }
  const auto tokens = body.nullable_int("max_output_tokens", 1, 1'000'000);
  if (tokens.value) model["max_output_tokens"] = *tokens.value;
  TRY(body.finish());
  return json::value(std::move(model));
}

result<json::value> read_language(const json::object& asked) {
  object_reader body(asked, "config.language");
  json::object language{
      {"primary", body.optional_string("primary", {.min = 1, .max = 35}).value_or("en")}};
  TRY(body.finish());
  return json::value(std::move(language));
}

result<json::value> read_audio_input(const json::object& asked) {
  object_reader body(asked, "config.audio.input");
  constexpr std::string_view levels[] = {"off", "auto", "max"};
  const auto level = body.optional_choice("noise_suppression", {"off", "auto", "max"});
  const auto terms =
      body.optional_string_list("keyterms", keyterms_max, {.min = 1, .max = 100});
  json::array keyterms;
  for (const std::string& term : terms.value_or(std::vector<std::string>{})) {
    keyterms.push_back(json::value(term));
  }
  TRY(body.finish());
  return json::value(json::object{{"noise_suppression", levels[level.value_or(1)]},
                                  {"keyterms", std::move(keyterms)}});
}

result<json::value> read_background(const json::object& asked) {
  object_reader body(asked, "config.audio.output.background_sound");
  json::object sound{{"file_id", body.required_string("file_id", {.min = 1, .max = 255})}};
  sound["volume"] = number_between(body, "volume", 0.0, 2.0, "0 to 2").value_or(1.0);
  TRY(body.finish());
  return json::value(std::move(sound));
}

result<json::value> read_audio_output(const json::object& asked) {
  object_reader body(asked, "config.audio.output");
  json::object output;
  output["voice_id"] = body.optional_string("voice_id", {.max = 255}).value_or("");
  output["speed"] = number_between(body, "speed", 0.6, 1.5, "0.6 to 1.5").value_or(1.0);
  output["volume"] = number_between(body, "volume", 0.5, 2.0, "0.5 to 2").value_or(1.0);
  output["emotion"] = or_null(body.nullable_string("emotion", {.min = 1, .max = 64}));
  output["pronunciation_dictionary_id"] =
      or_null(body.nullable_string("pronunciation_dictionary_id", {.min = 1, .max = 255}));
  output["background_sound"] = nullptr;
  const json::value* sound = asked.if_contains("background_sound");
  if (sound != nullptr && sound->is_null()) {
    body.ignore("background_sound");
  } else if (const json::object* given = body.optional_object("background_sound")) {
    auto read = read_background(*given);
    if (read) {
      output["background_sound"] = *std::move(read);
    } else {
      body.take_error(std::move(read).error());
    }
  }
  TRY(body.finish());
  return json::value(std::move(output));
}

result<json::value> read_audio(const json::object& asked) {
  object_reader body(asked, "config.audio");
  const json::object none;
  const json::object* input = body.optional_object("input");
  const json::object* output = body.optional_object("output");
  TRY(body.finish());
  TRY_ASSIGN(json::value read_in, read_audio_input(input != nullptr ? *input : none));
  TRY_ASSIGN(json::value read_out, read_audio_output(output != nullptr ? *output : none));
  return json::value(json::object{{"input", std::move(read_in)}, {"output", std::move(read_out)}});
}

result<json::value> read_tools(const json::value& asked) {
  const json::array* items = asked.if_array();
  if (items == nullptr || items->size() > tools_max) {
    return bad_field("config.tools", "config.tools must be a list of at most 32 objects.");
  }
  json::array tools;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const std::string path = "config.tools." + std::to_string(i);
    const json::object* item = (*items)[i].if_object();
    if (item == nullptr) return bad_field(path, path + " must be an object.");
    object_reader body(*item, path);
    json::object tool{{"id", body.required_string("id", {.min = 1, .max = 255})}};
    TRY(body.finish());
    tools.push_back(std::move(tool));
  }
  return json::value(std::move(tools));
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

using member_reader = result<json::value> (*)(const json::object&);

struct object_member {
  std::string_view name;
  member_reader read;
};
constexpr object_member object_members[] = {
    {"model", read_model}, {"language", read_language}, {"audio", read_audio}};

// Reads the given members of `asked` over `config`; with `all`, the others get their defaults.
void read_objects(object_reader& body, json::object& config, bool all) {
  const json::object none;
  for (const object_member& member : object_members) {
    const json::object* given = body.optional_object(member.name);
    if (given == nullptr && !all) continue;
    auto read = member.read(given != nullptr ? *given : none);
    if (!read) {
      body.take_error(std::move(read).error());
    } else {
      config[member.name] = *std::move(read);
    }
  }
}

result<json::object> read_config(const json::object& asked, json::object config, bool all) {
  object_reader body(asked, "config");
  const auto instructions =
      body.optional_string("instructions", {.max = 32'768, .allow_line_breaks = true});
  if (instructions || all) config["instructions"] = instructions.value_or("");
  const auto greeting =
      body.nullable_string("initial_message", {.max = 4'096, .allow_line_breaks = true});
  if (greeting.present || all) config["initial_message"] = or_null(greeting);
  read_objects(body, config, all);
  const json::value no_tools = json::array{};
  const json::value* tools = body.optional_value("tools");
  const json::object none;
  const json::object* system_tools = body.optional_object("system_tools");
  TRY(body.finish());
  if (tools != nullptr || all) {
    TRY_ASSIGN(config["tools"], read_tools(tools != nullptr ? *tools : no_tools));
  }
  if (system_tools != nullptr || all) {
    const json::value* before = config.if_contains("system_tools");
    const json::object* slots = before != nullptr ? before->if_object() : nullptr;
    TRY_ASSIGN(config["system_tools"],
               read_system_tools(system_tools != nullptr ? *system_tools : none,
                                 slots != nullptr ? *slots : none));
  }
  return config;
}

}  // namespace

result<json::object> complete_agent_config(const json::object& asked) {
  return read_config(asked, {}, true);
}

result<json::object> merge_agent_config(const json::object& present, const json::object& change) {
  return read_config(change, present, false);
}

}  // namespace dialplane
