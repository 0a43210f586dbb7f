#include "edge/cli/completion.hpp"

#include <algorithm>

#include "edge/cli/names_at_server.hpp"

namespace dialplane::cli {

namespace {

constexpr std::size_t candidates_max = 50;
constexpr std::chrono::milliseconds patience{1'500};

using words_given = std::span<const std::string>;

std::string joined(words_given words) {
  std::string name;
  for (const std::string& word : words) name += (name.empty() ? "" : " ") + word;
  return name;
}

// The longest command that the words begin with.
const catalog_entry* command_in(const command_catalog& catalog, words_given words,
                                std::size_t& used) {
  for (used = std::min<std::size_t>(3, words.size()); used > 0; --used) {
    const std::string name = joined(words.first(used));
    for (const catalog_entry& entry : catalog) {
      if (entry.name == name || (used == 1 && entry.name == name + " list")) return &entry;
    }
  }
  return nullptr;
}

void add_next_words(std::vector<candidate>& into, const command_catalog& catalog,
                    words_given before) {
  const std::string prefix = before.empty() ? "" : joined(before) + " ";
  for (const catalog_entry& entry : catalog) {
    if (!entry.name.starts_with(prefix)) continue;
    const std::string rest = entry.name.substr(prefix.size());
    const std::string word = rest.substr(0, rest.find(' '));
    const bool known = std::ranges::any_of(
        into, [&word](const candidate& one) { return one.text == word; });
    if (!known && !word.empty()) into.push_back({word, word == rest ? entry.help : ""});
  }
}

void add_choices(std::vector<candidate>& into, std::string_view choices) {
  while (!choices.empty()) {
    const std::size_t bar = choices.find('|');
    into.push_back({std::string(choices.substr(0, bar)), {}});
    if (bar == std::string_view::npos) return;
    choices.remove_prefix(bar + 1);
  }
}

parsed_arguments connection_words(words_given words) {
  parsed_arguments given;
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    for (const std::string_view flag : {"--server", "--profile", "--user"}) {
      if (words[at] == flag) given.flags.emplace_back(flag, words[at + 1]);
    }
  }
  return given;
}

void add_profiles(std::vector<candidate>& into, const profile_book& profiles) {
  for (const auto& [name, one] : profiles.profiles) into.push_back({name, one.server});
}

void add_things(std::vector<candidate>& into, const std::string& kind, words_given words) {
  const named_texts variables = client_variables();
  const auto profiles = load_profiles(variables);
  if (!profiles) return;
  if (kind == "profile") return add_profiles(into, *profiles);
  const auto to = find_connection(connection_words(words), variables, *profiles);
  if (!to) return;
  auto api = api_client::open(*to, {.one_try = patience, .all_tries = patience, .tries = 1});
  if (!api) return;
  for (named_thing& thing : things_at(**api, kind, to->user, candidates_max)) {
    if (!thing.name.empty() && thing.name != thing.id) into.push_back({thing.name, thing.about});
    into.push_back({std::move(thing.id), std::move(thing.about)});
  }
}

void add_value(std::vector<candidate>& into, const catalog_value& value, words_given words) {
  if (!value.choices.empty()) return add_choices(into, value.choices);
  if (!value.completes.empty()) add_things(into, value.completes, words);
}

const catalog_value* option_named(const catalog_entry& entry, const std::string& name,
                                  const std::vector<catalog_value>& common) {
  for (const auto* list : {&entry.options, &common}) {
    const auto found = std::ranges::find(*list, name, &catalog_value::name);
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

// How many of the words stand for themselves.
std::size_t plain_words(const catalog_entry& entry, words_given words,
                        const std::vector<catalog_value>& common) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (!words[at].starts_with("-")) {
      ++count;
      continue;
    }
    const catalog_value* option = option_named(entry, words[at], common);
    if (option != nullptr && !option->placeholder.empty()) ++at;
  }
  return count;
}

constexpr std::string_view bash_script = R"(_@NAME@() {
  local IFS=$'\n'
  local candidates
  candidates=$(@NAME@ __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)
  COMPREPLY=($(compgen -W "$candidates" -- "${COMP_WORDS[COMP_CWORD]}" | sed 's/[ \\"'"'"']/\\&/g'))
}
complete -o default -F _@NAME@ @NAME@
)";
constexpr std::string_view zsh_script = R"(#compdef @NAME@
_@NAME@() {
  local -a candidates
  local line
  while IFS= read -r line; do
    local text=${line%%$'\t'*} about=${line#*$'\t'}
    candidates+=("${text//:/\\:}:$about")
  done < <(@NAME@ __complete "${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)
  _describe '@NAME@' candidates || _files
}
compdef _@NAME@ @NAME@
)";
constexpr std::string_view fish_script = R"(complete -c @NAME@ -f -a '(begin
  set -l words (commandline -opc) (commandline -ct)
  @NAME@ __complete $words[2..-1] 2>/dev/null
end)'
)";

}  // namespace

std::vector<candidate> candidates_for(const command_catalog& catalog, words_given words) {
  std::vector<candidate> found;
  const std::string partial = words.empty() ? std::string() : words.back();
  const words_given before = words.first(words.empty() ? 0 : words.size() - 1);
  const std::vector<catalog_value> common = catalog_common_options();
  std::size_t used = 0;
  const catalog_entry* entry = command_in(catalog, before, used);
  const catalog_value* open =
      entry == nullptr || before.empty() ? nullptr : option_named(*entry, before.back(), common);
  if (open != nullptr && !open->placeholder.empty()) {
    add_value(found, *open, words);
  } else if (entry != nullptr && partial.starts_with("-")) {
    for (const catalog_value& one : entry->options) found.push_back({one.name, one.help});
    for (const catalog_value& one : common) found.push_back({one.name, one.help});
  } else {
    add_next_words(found, catalog, before);
    if (entry != nullptr) {
      const std::size_t at = plain_words(*entry, before.subspan(used), common);
      if (at < entry->words.size()) add_value(found, entry->words[at], words);
    }
  }
  std::erase_if(found, [&partial](const candidate& one) { return !one.text.starts_with(partial); });
  return found;
}

result<std::string> completion_script(std::string_view shell, const std::string& program) {
  std::string script;
  if (shell == "bash") script = bash_script;
  else if (shell == "zsh") script = zsh_script;
  else if (shell == "fish") script = fish_script;
  else return bad_field("shell", "SHELL must be one of bash, zsh, fish.");
  constexpr std::string_view hole = "@NAME@";
  for (std::size_t at = script.find(hole); at != std::string::npos; at = script.find(hole)) {
    script.replace(at, hole.size(), program);
  }
  return script;
}

}  // namespace dialplane::cli
