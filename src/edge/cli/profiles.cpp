#include "edge/cli/profiles.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/json_gate.hpp"
#include "base/object_reader.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t profile_bytes_max = 64 * 1024;

error broken(const std::string& file, const std::string& why) {
  return refused(error_code::invalid_input, file + " " + why);
}

std::string text_named(const named_texts& variables, std::string_view name) {
  for (const auto& [key, text] : variables) {
    if (key == name) return text;
  }
  return {};
}

std::string file_place(const named_texts& variables) {
  const std::string own = text_named(variables, "XDG_CONFIG_HOME");
  if (!own.empty() && own.front() == '/') return own + "/dialplane/profiles.json";
  const std::string home = text_named(variables, "HOME");
  return home.empty() ? std::string() : home + "/.config/dialplane/profiles.json";
}

// Nothing where the file does not exist.
result<std::optional<std::string>> read_private_file(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::optional<std::string>();
  if (descriptor < 0) return broken(file, std::string("cannot be read: ") + strerror(errno) + ".");
  struct stat facts {};
  std::string text(profile_bytes_max + 1, '\0');
  const bool known = fstat(descriptor, &facts) == 0;
  const ssize_t count = known ? read(descriptor, text.data(), text.size()) : -1;
  close(descriptor);
  if (count < 0) return broken(file, "cannot be read.");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    error failure = broken(file, "holds keys and can be read by others; it is not used.");
    failure.hint = "`chmod 600 " + file + "` helps; if others use this machine, make new keys.";
    return failure;
  }
  if (static_cast<std::size_t>(count) > profile_bytes_max) return broken(file, "is too long.");
  text.resize(static_cast<std::size_t>(count));
  return std::optional<std::string>(std::move(text));
}

result<profile> read_profile(const json::object& members, const std::string& path) {
  object_reader read(members, path);
  profile found;
  found.server = read.required_string("server", {.min = 1, .max = 2048});
  found.api_key = secret_string(read.optional_string("api_key", {.max = 512}).value_or(""));
  found.user = read.optional_string("user", {.min = 1, .max = 128});
  TRY(read.finish());
  return found;
}

result<void> read_book(profile_book& book, const std::string& text) {
  TRY_ASSIGN(const json::object whole, parse_json_object(text));
  object_reader read(whole);
  book.current = read.required_string("current", {.min = 1, .max = 64});
  const json::object* profiles = read.required_object("profiles");
  TRY(read.finish());
  for (const auto& member : *profiles) {
    const std::string name(member.key());
    if (!member.value().is_object()) return bad_field(name, name + " must be an object.");
    TRY_ASSIGN(profile one, read_profile(member.value().get_object(), "profiles." + name));
    book.profiles.emplace(name, std::move(one));
  }
  return {};
}

json::object json_of(const profile& one) {
  json::object members{{"server", one.server}};
  if (!one.api_key.empty()) members["api_key"] = one.api_key.reveal();
  if (one.user) members["user"] = *one.user;
  return members;
}

bool write_whole(int descriptor, const std::string& text) {
  const ssize_t count = write(descriptor, text.data(), text.size());
  return count == static_cast<ssize_t>(text.size()) && fsync(descriptor) == 0;
}

}  // namespace

const profile* profile_book::find(const std::string& name) const {
  const auto at = profiles.find(name);
  return at == profiles.end() ? nullptr : &at->second;
}

result<profile_book> load_profiles(const named_texts& variables) {
  profile_book book;
  book.file = file_place(variables);
  if (book.file.empty()) return book;
  TRY_ASSIGN(const std::optional<std::string> text, read_private_file(book.file));
  if (!text) return book;
  if (const auto read = read_book(book, *text); !read) {
    return broken(book.file, "is not a file of `dialplane login`: " + read.error().message);
  }
  return book;
}

result<void> save_profiles(const profile_book& book) {
  if (book.file.empty()) {
    return refused(error_code::invalid_input,
                   "Set HOME: profiles are kept in ~/.config/dialplane.");
  }
  json::object profiles;
  for (const auto& [name, one] : book.profiles) profiles[name] = json_of(one);
  const json::object whole{{"current", book.current}, {"profiles", std::move(profiles)}};
  const std::filesystem::path folder = std::filesystem::path(book.file).parent_path();
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);  // 0700: the program's umask
  const std::string fresh = book.file + ".new";
  unlink(fresh.c_str());
  const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return broken(fresh, std::string("cannot be made: ") + strerror(errno) + ".");
  const bool whole_written = write_whole(descriptor, json::serialize(whole) + "\n");
  close(descriptor);
  if (whole_written && rename(fresh.c_str(), book.file.c_str()) == 0) return {};
  unlink(fresh.c_str());
  return broken(book.file, "could not be written.");
}

}  // namespace dialplane::cli
