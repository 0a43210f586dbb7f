// What was asked of a carrier and what it answered, call by call and request by request, written
// so that it can be kept, shown and played again: redacted, as JSON lines.
//
//   {"transcript":1,"carrier":…,"account":…,"from":"carrier" or "emulator","at":…,
//    "base_path":…,"public_url":…,"installation":…,"credentials":{…},"options":{…}}
//                                                           once; stand-ins, no secrets
//   {"exchange":{"at_ms","took_ms","to","method","path","query":[[name,value]…],"headers",
//                "body","answer":{"status","headers","body"},"failure"}}
//   {"call":"buy","asked":{…},"answered":{…}}   a call of the port; the exchanges before it are its
//
// A body is {"json":…}, {"form":[[name,value]…]}, {"text":…} or null. Of headers those are kept
// that an adapter or a carrier goes by. Only redacted words are held here, up to a limit; what
// comes after it is dropped and said. From any thread.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "carriers/carrier_http.hpp"
#include "carriers/wire_redaction.hpp"

namespace dialplane {

class wire_transcript {
 public:
  struct subject {
    std::string carrier;      // its kind
    std::string account;      // its name with us, part of our addresses
    bool is_emulator = false;
    timestamp at;
    std::string base_url;     // of the carrier's API, as the account has it
    std::string public_url;   // ours
    std::string installation;
    std::map<std::string, secret_string, std::less<>> credentials;
    boost::json::object options;
  };
  static constexpr std::size_t lines_max = 4'000;
  static constexpr std::size_t bytes_max = 32 * 1024 * 1024;

  explicit wire_transcript(const subject& of);

  void note(const wire_exchange& seen);
  void note_call(std::string_view call, const boost::json::object& asked,
                 const boost::json::object& answered);
  // All lines so far.
  std::string text() const;

 private:
  void add(const boost::json::object& line);
  boost::json::value body_of(const std::vector<http_header>& headers, const std::string& body);
  boost::json::object headers_of(const std::vector<http_header>& headers);
  boost::json::value answer_of(const wire_exchange& seen);

  mutable std::mutex mutex_;
  wire_redaction redaction_;
  std::chrono::steady_clock::time_point began_;
  std::vector<std::string> lines_;
  std::size_t bytes_ = 0;
  bool is_full_ = false;
};

}  // namespace dialplane
