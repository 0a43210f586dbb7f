// Reads the answer to a request we made, strictly: the other side may be broken or hostile.
//
// One reader reads one answer from plain bytes; it knows no socket and no time. What is ambiguous
// (two lengths, a length beside chunks, folded headers, bare line feeds) is refused rather than
// guessed, because the next answer on the connection would be read at the wrong place. Interim
// answers (1xx) are skipped. Bodies are kept up to a limit and cut there, or handed out in pieces
// as they come, without end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/chunk_decoder.hpp"
#include "net/http.hpp"

namespace dialplane {

struct http_answer {
  int status = 0;
  std::vector<http_header> headers;
  std::string body;
  bool cut = false;  // the body was longer than what is kept

  const std::string* header(std::string_view name) const noexcept;
};

struct http_answer_limits {
  std::size_t head_bytes = 16 * 1024;
  std::size_t header_count = 100;
  std::size_t body_bytes = 64 * 1024;
  std::size_t interim_answers = 4;
};

class http_answer_reader {
 public:
  enum class progress { need_more, complete, refused };
  enum class bodies {
    kept,       // up to limits.body_bytes
    in_pieces,  // call take_piece() after each consume(); limits.body_bytes says nothing
  };

  explicit http_answer_reader(const http_answer_limits& limits = {}, bodies as = bodies::kept);

  // Reads on. Takes everything given; what comes after a complete answer makes the connection
  // unusable, because nothing was asked there. Not again after complete or refused.
  progress consume(std::string_view bytes);
  // The other side has closed: the end of a body without a length, else a broken answer.
  progress end_of_input();

  bool started() const noexcept { return started_; }  // anything has come
  bool reusable() const noexcept { return reusable_; }  // after complete: for the next request
  // The final answer's status and headers are known: see head().
  bool head_is_complete() const noexcept { return head_is_complete_; }
  const http_answer& head() const noexcept { return answer_; }  // its body is what was not taken
  std::string take_piece();  // of the body, what came since the last time
  http_answer take();
  const std::string& complaint() const noexcept { return complaint_; }  // after refused

 private:
  enum class part { head, sized_body, chunked_body, endless_body };

  progress refuse(std::string_view why);
  progress read_head_line(std::string_view line);
  progress read_status_line(std::string_view line);
  progress read_header_line(std::string_view line);
  progress end_of_head();
  progress choose_framing();
  progress take_body(std::string_view bytes);
  progress finish(std::string_view rest);
  progress cut();

  const http_answer_limits limits_;
  const std::size_t body_bytes_;  // to be held at once
  part part_ = part::head;
  std::string line_;  // of the head, not complete yet
  std::size_t head_bytes_ = 0;
  std::size_t interims_ = 0;
  std::uint64_t length_left_ = 0;
  std::optional<chunk_decoder> chunks_;
  http_answer answer_;
  std::string complaint_;
  bool http_1_0_ = false;
  bool started_ = false;
  bool head_is_complete_ = false;
  bool reusable_ = false;
};

}  // namespace dialplane
