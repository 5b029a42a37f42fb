using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Tests.Imaging;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Web.Pictures;
using Microsoft.Extensions.DependencyInjection;

namespace EmotionMLNet.Tests.Web;

/// <summary>What strangers send to do harm: each gets its refusal, and the next honest request its answer.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_picture_above_the_limits_is_413()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { BodyMegabytes = 1, MaxPixels = 10_000 });
        using HttpResponseMessage pixels = await server.PostAsync("/v1/classify", WorstPictures.Png(200, 200, 8, 2, interlaced: false));
        await pixels.ProblemAsync(413);
        // The whole of it is sent before the answer is read, as proxies do.
        string known = await server.SendRawAsync(
            "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5000000\r\n\r\n", new byte[5_000_000]);
        Assert.StartsWith("HTTP/1.1 413 ", known, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", known, StringComparison.Ordinal);
        byte[] chunk = [.. Encoding.ASCII.GetBytes("40000\r\n"), .. new byte[0x40000], .. "\r\n"u8];
        string chunked = await server.SendRawAsync(
            "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", chunk, chunk, chunk, chunk, chunk);
        Assert.StartsWith("HTTP/1.1 413 ", chunked, StringComparison.Ordinal);
        await AnswersHonestly(server);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_a_row_and_the_others_go_on()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { BodyMegabytes = 1, ManyMegabytes = 8 });
        using HttpResponseMessage response = await server.Client.PostAsync(
            new Uri("/v1/classify-many", UriKind.Relative), ClassifyTests.Form(RunningServer.Face, new byte[3 << 20], RunningServer.Face));
        JsonElement[] rows = await Rows(response);
        Assert.Equal(3, rows.Length);
        Assert.Equal(413, rows[1].GetProperty("error").GetProperty("status").GetInt32());
        Assert.Equal("happy", rows[2].GetProperty("label").GetString());
    }

    [Fact]
    public async Task Too_many_files_and_too_many_bytes_end_a_form_with_a_last_row()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { ManyFiles = 3, ManyMegabytes = 1 });
        byte[] face = RunningServer.Face;
        using HttpResponseMessage files = await server.Client.PostAsync(
            new Uri("/v1/classify-many", UriKind.Relative), ClassifyTests.Form(face, face, face, face, face));
        JsonElement[] rows = await Rows(files);
        Assert.Equal(4, rows.Length);
        Assert.Equal(413, rows[3].GetProperty("error").GetProperty("status").GetInt32());
        await AnswersHonestly(server);
    }

    [Fact]
    public async Task A_hundred_thousand_parts_are_refused_early()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var fields = new MemoryStream();
        for (int i = 0; i < 100_000; i++)
            fields.Write(Encoding.ASCII.GetBytes($"--x\r\nContent-Disposition: form-data; name=a{i}\r\n\r\n1\r\n"));
        fields.Write("--x--\r\n"u8);
        foreach (string path in (string[])["/v1/classify", "/v1/classify-many"])
        {
            string answer = await server.SendRawAsync(
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                    + $"Content-Length: {fields.Length}\r\n\r\n",
                fields.ToArray());
            // A client that goes on sending may see a reset in the place of the answer.
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
        }
        await AnswersHonestly(server);
    }

    [Fact]
    public async Task A_content_length_that_lies_holds_nothing()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { BodySeconds = 0.2, BufferMegabytes = 1 });
        var sockets = new List<TcpClient>();
        for (int i = 0; i < 50; i++)
        {
            var socket = new TcpClient();
            await socket.ConnectAsync(server.Address.Host, server.Address.Port);
            await socket.GetStream().WriteAsync(
                "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n1"u8.ToArray());
            sockets.Add(socket);
        }
        foreach (TcpClient socket in sockets)
        {
            string answer = await RunningServer.ReadRawAsync(socket.GetStream());
            // Bytes are held as they come, and there are few: time alone refuses them, or the room for as many as came first.
            Assert.Matches("^HTTP/1.1 (408|503) ", answer);
            socket.Dispose();
        }
        await AnswersHonestly(server);
    }

    [Fact]
    public async Task Slow_bodies_do_not_stand_in_the_way_of_honest_requests()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Threads = 1, Queue = 2, ClientRequests = 500 });
        var slow = new List<TcpClient>();
        for (int i = 0; i < 100; i++)
        {
            var socket = new TcpClient();
            await socket.ConnectAsync(server.Address.Host, server.Address.Port);
            await socket.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {RunningServer.Face.Length}\r\n\r\n"));
            await socket.GetStream().WriteAsync(RunningServer.Face.AsMemory(0, 100));
            slow.Add(socket);
        }
        for (int i = 0; i < 20; i++) await AnswersHonestly(server);
        // And those that come to their end are answered too.
        await slow[0].GetStream().WriteAsync(RunningServer.Face.AsMemory(100));
        byte[] start = new byte[12];
        await slow[0].GetStream().ReadExactlyAsync(start);
        Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(start));
        foreach (TcpClient socket in slow) socket.Dispose();
    }

    [Fact]
    public async Task Who_has_too_many_requests_under_way_is_told_429()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { ClientRequests = 1 });
        using var slow = new TcpClient();
        await slow.ConnectAsync(server.Address.Host, server.Address.Port);
        await slow.GetStream().WriteAsync("POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n1"u8.ToArray());
        await server.WaitForPicturesAsync(1);
        using HttpResponseMessage response = await server.PostAsync("/v1/classify", RunningServer.Face);
        await response.ProblemAsync(429);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_full_queue_is_503_and_every_other_answer_right()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { Threads = 1, Queue = 1, ClientRequests = 1000 });
        byte[] large = WorstPictures.Png(1500, 1500, 8, 6, interlaced: true);
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => server.PostAsync("/v1/classify", large)));
        HttpResponseMessage[] refused = [.. responses.Where(r => r.StatusCode != HttpStatusCode.OK)];
        Assert.NotEmpty(refused);
        foreach (HttpResponseMessage response in refused)
        {
            await response.ProblemAsync(503);
            Assert.NotNull(response.Headers.RetryAfter);
        }
        string[] answers = await Task.WhenAll(responses.Except(refused).Select(r => r.Content.ReadAsStringAsync()));
        Assert.Single(answers.Distinct());
        await AnswersHonestly(server);
    }

    [Fact]
    public async Task A_picture_that_was_made_to_be_slow_is_422()
    {
        await using RunningServer server = await RunningServer.StartAsync(s => s with { DecodeSeconds = 1e-6 });
        using HttpResponseMessage response = await server.PostAsync(
            "/v1/classify", WorstPictures.Png(1500, 1500, 8, 6, interlaced: true));
        JsonElement problem = await response.ProblemAsync(422);
        Assert.Equal("The picture takes too long to decode.", problem.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Worst_pictures_have_an_answer_or_a_refusal_that_is_documented()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach ((string name, Func<byte[]> make) in WorstPictures.All.Where(p => !WorstPictures.Largest.Contains(p.Name)))
        {
            using HttpResponseMessage response = await server.PostAsync("/v1/classify?faces=all", make());
            Assert.True((int)response.StatusCode is 200 or 413 or 415 or 422, $"{name}: {response.StatusCode}");
        }
        await AnswersHonestly(server);
    }

    [SharedDataFact("hostile.tar.gz")]
    public async Task The_hostile_files_have_an_answer_or_a_refusal_that_is_documented()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using FileStream file = File.OpenRead(Path.Combine(SharedData.Folder!, "hostile.tar.gz"));
        await using var unzipped = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress);
        await using var archive = new System.Formats.Tar.TarReader(unzipped);
        int sent = 0;
        while (await archive.GetNextEntryAsync() is { } entry)
        {
            if (entry.DataStream is null || entry.Length == 0) continue;
            var bytes = new MemoryStream();
            await entry.DataStream.CopyToAsync(bytes);
            using HttpResponseMessage response = await server.PostAsync("/v1/classify", bytes.ToArray());
            Assert.True((int)response.StatusCode is 200 or 413 or 415 or 422, $"{entry.Name}: {response.StatusCode}");
            sent++;
        }
        Assert.InRange(sent, 10, 1000);
        await AnswersHonestly(server);
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_of_many_leaves_nothing_behind()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        ByteBudget budget = server.App.Services.GetRequiredService<ByteBudget>();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(server.Address.Host, server.Address.Port);
            NetworkStream stream = socket.GetStream();
            byte[] part = "--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n"u8.ToArray();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                "POST /v1/classify-many HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                    + "Content-Length: 10000000\r\n\r\n"));
            await stream.WriteAsync((byte[])[.. part, .. RunningServer.Face, .. "\r\n"u8, .. part, .. RunningServer.Face]);
            while (budget.Held == 0) await Task.Delay(5); // until a file is under way
        }
        while (budget.Held > 0) await Task.Delay(5);
        await AnswersHonestly(server);
    }

    // And nothing is held any more.
    private static async Task AnswersHonestly(RunningServer server)
    {
        HttpResponseMessage response = await server.PostAsync("/v1/classify", RunningServer.Face);
        while (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            await Task.Delay(response.Headers.RetryAfter!.Delta!.Value); // as the answer says
            response = await server.PostAsync("/v1/classify", RunningServer.Face);
        }
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("happy", (await response.JsonAsync()).GetProperty("label").GetString());
        Assert.InRange(server.App.Services.GetRequiredService<ByteBudget>().Held, 0, 100 * (64 << 10));
    }

    private static async Task<JsonElement[]> Rows(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string text = await response.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
    }
}
