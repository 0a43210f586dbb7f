#include "net/http_answer_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace dialplane {

namespace {

void append_number(std::string& out, std::size_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

bool ends_line_or_worse(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

void append_value(std::string& out, std::string_view value) {
  const std::size_t begin = out.size();
  out += value;
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                  ends_line_or_worse, ' ');
}

}  // namespace

std::string_view http_date::text() {
  const timestamp now = time_.now();
  if (now.unix_ms / 1000 != second_) {
    second_ = now.unix_ms / 1000;
    text_ = imf_fixdate(now);
  }
  return text_;
}

std::string imf_fixdate(timestamp at) {
  static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_time<std::chrono::milliseconds> when{
      std::chrono::milliseconds(at.unix_ms)};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(when - day));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                days[std::chrono::weekday(day).c_encoding()],
                static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

void append_headers(const std::vector<http_header>& headers, std::string& out) {
  for (const http_header& each : headers) {
    out += "\r\n";
    append_value(out, each.name);
    out += ": ";
    append_value(out, each.value);
  }
}

namespace {

void begin_head(const http_response& response, std::string_view date, std::string& out) {
  out.clear();
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += date;
  if (!response.content_type.empty()) {
    out += "\r\nContent-Type: ";
    append_value(out, response.content_type);
  }
}

void end_head(const http_response& response, const answer_form& form, std::string& out) {
  append_headers(response.headers, out);
  if (form.close) {
    out += "\r\nConnection: close";
  } else if (form.keep_alive_said) {
    out += "\r\nConnection: keep-alive";
  }
  out += "\r\n\r\n";
}

}  // namespace

void write_answer(const http_response& response, const answer_form& form, std::string_view date,
                  std::string& out) {
  const bool has_body = response.status != 204 && response.status != 304;
  begin_head(response, date, out);
  if (has_body) {
    out += "\r\nContent-Length: ";
    append_number(out, response.body.size());
  }
  end_head(response, form, out);
  if (has_body && !form.head_only) out += response.body;
}

void write_stream_head(const http_response& response, const answer_form& form, bool chunked,
                       std::string_view date, std::string& out) {
  begin_head(response, date, out);
  if (chunked) out += "\r\nTransfer-Encoding: chunked";
  end_head(response, form, out);
}

void append_chunk(std::string_view piece, std::string& out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16);
  out.append(digits.data(), end.ptr);
  out += "\r\n";
  out += piece;
  out += "\r\n";
}

}  // namespace dialplane
