#include "edge/cli/plan_file.hpp"

#include <yaml-cpp/yaml.h>

#include <boost/json/object.hpp>
#include <charconv>
#include <fstream>
#include <iostream>
#include <set>

#include "base/object_reader.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t plan_bytes_max = 256 * 1024;
constexpr std::size_t nodes_max = 20'000;
constexpr std::size_t items_max = 1'000;
constexpr int plan_depth_max = 8;

// Scalars stay texts: 0415 is not 415, and "no" is a word of some languages.
json::value plain_json(const YAML::Node& node, std::size_t& left, int depth) {
  if (left == 0 || depth > plan_depth_max) {
    throw YAML::Exception(node.Mark(), "there is too much in this file");
  }
  --left;
  if (node.IsMap()) {
    json::object members;
    for (const auto& member : node) {
      const std::string name = member.first.as<std::string>();
      if (members.contains(name)) throw YAML::Exception(node.Mark(), name + " is there twice");
      members[name] = plain_json(member.second, left, depth + 1);
    }
    return members;
  }
  if (node.IsSequence()) {
    json::array list;
    for (const auto& one : node) list.push_back(plain_json(one, left, depth + 1));
    return list;
  }
  if (node.IsNull()) return nullptr;
  return json::value(node.Scalar());
}

result<json::object> object_from(const std::string& yaml) {
  try {
    std::size_t left = nodes_max;
    json::value whole = plain_json(YAML::Load(yaml), left, 0);
    if (whole.is_object()) return std::move(whole.get_object());
  } catch (const YAML::Exception& problem) {
    return refused(error_code::invalid_input, "Line " + std::to_string(problem.mark.line + 1) +
                                                  ": " + problem.msg + ".");
  }
  return refused(error_code::invalid_input,
                 "The file must have members such as numbers: and agents:.");
}

std::optional<bool> optional_truth(object_reader& read, std::string_view name) {
  const auto which = read.optional_choice(name, {"true", "false"});
  if (!which) return std::nullopt;
  return *which == 0;
}

std::optional<std::int64_t> optional_count(object_reader& read, std::string_view name) {
  const auto text = read.optional_string(name, {.min = 1, .max = 9});
  if (!text) return std::nullopt;
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (failure != std::errc{} || end != text->data() + text->size() || count < 0) {
    read.take_error(bad_field(read.path_of(name), read.path_of(name) + " must be a whole number."));
  }
  return count;
}

result<wished_kit> read_kit(object_reader& read) {
  wished_kit kit;
  kit.name = read.required_string("name", {.min = 1, .max = 255});
  kit.description = read.optional_string("description", {.max = 1000});
  kit.requires_approval = optional_truth(read, "requires_approval");
  kit.max_numbers = optional_count(read, "max_numbers");
  kit.monthly_credits = optional_count(read, "monthly_credits");
  TRY(read.finish());
  return kit;
}

result<wished_agent> read_agent(object_reader& read) {
  wished_agent agent;
  agent.name = read.required_string("name", {.min = 1, .max = 255});
  agent.was = read.optional_string("was", {.min = 1, .max = 255});
  agent.description = read.optional_string("description", {.max = 1000});
  agent.instructions =
      read.optional_string("instructions", {.max = 20'000, .allow_line_breaks = true});
  if (const json::object* voice = read.optional_object("voice")) {
    object_reader inner(*voice, read.path_of("voice"));
    wished_voice wish;
    wish.type = inner.required_choice("type", {"websocket", "sip"}) == 0 ? "websocket" : "sip";
    const char* where = wish.type == "sip" ? "uri" : "url";
    wish.address = inner.required_string(where, {.min = 1, .max = 2048});
    if (const auto read_whole = inner.finish(); !read_whole) read.take_error(read_whole.error());
    agent.voice = std::move(wish);
  }
  TRY(read.finish());
  return agent;
}

result<wished_webhook> read_webhook(object_reader& read) {
  wished_webhook webhook;
  webhook.url = read.required_string("url", {.min = 1, .max = 2048});
  webhook.events =
      read.optional_string_list("events", 50, {.min = 1, .max = 64}).value_or(
          std::vector<std::string>{});
  TRY(read.finish());
  return webhook;
}

result<wished_number> read_number(object_reader& read) {
  wished_number number;
  number.label = read.required_string("label", {.min = 1, .max = 255});
  number.was = read.optional_string("was", {.min = 1, .max = 255});
  number.area_code = read.optional_string("area_code", {.min = 3, .max = 3});
  const auto policy =
      read.optional_choice("area_code_policy", {"exact", "overlay", "state", "any"});
  constexpr std::array policies = {"exact", "overlay", "state", "any"};
  if (policy) number.area_code_policy = policies[*policy];
  if (read.optional_choice("type", {"local", "toll_free"}).value_or(0) == 1) {
    number.type = "toll_free";
  }
  number.agent = read.optional_string("agent", {.min = 1, .max = 255});
  number.ein = read.optional_string("ein", {.min = 9, .max = 10});
  TRY(read.finish());
  return number;
}

// Reads the list of that name, whose items are told apart by `key_of`.
template <typename T, typename Read, typename Key>
result<std::vector<T>> read_list(object_reader& whole, std::string_view name, Read read_one,
                                 Key key_of) {
  std::vector<T> items;
  const json::value* given = whole.optional_value(name);
  if (given == nullptr || given->is_null()) return items;
  const std::string place(name);
  if (!given->is_array()) return bad_field(place, place + " must be a list.");
  const json::array& list = given->get_array();
  if (list.size() > items_max) return bad_field(place, place + " has more than 1,000 items.");
  std::set<std::string> seen;
  for (std::size_t at = 0; at < list.size(); ++at) {
    const std::string path = place + "[" + std::to_string(at) + "]";
    if (!list[at].is_object()) return bad_field(path, path + " must have members.");
    object_reader read(list[at].get_object(), path);
    TRY_ASSIGN(T one, read_one(read));
    if (!seen.insert(key_of(one)).second) {
      return bad_field(path, path + ": \"" + key_of(one) + "\" is in the file twice.");
    }
    items.push_back(std::move(one));
  }
  return items;
}

}  // namespace

result<plan_wish> parse_plan(const std::string& yaml) {
  TRY_ASSIGN(const json::object whole, object_from(yaml));
  object_reader read(whole);
  plan_wish wish;
  TRY_ASSIGN(wish.kits, read_list<wished_kit>(read, "kits", read_kit,
                                              [](const wished_kit& one) { return one.name; }));
  TRY_ASSIGN(wish.agents,
             read_list<wished_agent>(read, "agents", read_agent,
                                     [](const wished_agent& one) { return one.name; }));
  TRY_ASSIGN(wish.webhooks,
             read_list<wished_webhook>(read, "webhooks", read_webhook,
                                       [](const wished_webhook& one) { return one.url; }));
  TRY_ASSIGN(wish.numbers,
             read_list<wished_number>(read, "numbers", read_number,
                                      [](const wished_number& one) { return one.label; }));
  TRY(read.finish());
  return wish;
}

result<plan_wish> read_plan(const std::string& file) {
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  std::istream& from = file == "-" ? std::cin : opened;
  std::string text(plan_bytes_max + 1, '\0');
  from.read(text.data(), static_cast<std::streamsize>(text.size()));
  const bool readable = file == "-" || opened.is_open();
  if (!readable) return bad_field("file", file + " cannot be read.");
  text.resize(static_cast<std::size_t>(from.gcount()));
  if (text.size() > plan_bytes_max) return bad_field("file", file + " is longer than 256 KiB.");
  auto wish = parse_plan(text);
  if (wish) return wish;
  error failure = wish.error();
  failure.message = file + ": " + failure.message;
  return failure;
}

}  // namespace dialplane::cli
