using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Web;

/// <summary>The program as a process: what it prints, what signals do, how it ends.</summary>
public sealed class ServeProcessTests
{
    [Fact]
    public void Wrong_settings_are_lines_and_2()
    {
        using Process process = Start("--port", "99999", "--threads", "-1", "--address", "any");
        ProcessResult result = TrainerProcess.Finish(process);
        Assert.Equal(2, result.Code);
        Assert.Equal(
            ["--port 99999: give a whole number from 0 to 65535", "--threads -1: give a whole number from 0 to 1024"],
            result.ErrorLines.Order());
        using Process model = Start("--model", "nothing", "--port", "0");
        result = TrainerProcess.Finish(model);
        Assert.Equal(2, result.Code);
        Assert.StartsWith("there is no nothing.zip in ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using Process process = Start("--port", $"{((IPEndPoint)taken.LocalEndpoint).Port}", "--metrics-port", "off");
        string errors = await process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("address already in use", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_lets_requests_come_to_their_end_and_exits_with_0()
    {
        if (OperatingSystem.IsWindows()) return;
        using Process process = Start("--port", "0", "--metrics-port", "off");
        Uri address = await ServerProcess.AddressAsync(process);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = socket.GetStream();
        byte[] face = RunningServer.Face;
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {face.Length}\r\n\r\n"));
        await stream.WriteAsync(face.AsMemory(0, 100));
        // It has the request in hand once it has answered one that came later.
        using (var client = new HttpClient()) await client.GetAsync(new Uri(address, "/health/ready"));
        Posix.Send(process, "TERM");
        while (await IsOpenAsync(address)) await Task.Delay(5);
        await stream.WriteAsync(face.AsMemory(100));
        string answer = await RunningServer.ReadRawAsync(stream);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        // Neither a name of a file nor a label, nor an address of a request, is in the log.
        string log = await output + await errors;
        Assert.DoesNotContain("happy\"", log, StringComparison.Ordinal);
        Assert.DoesNotContain("/v1/", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_it_listens_no_more_it_says_that_it_is_not_ready()
    {
        if (OperatingSystem.IsWindows()) return;
        // So long that it is the test that ends it.
        using Process process = Start("--port", "0", "--metrics-port", "off", "--unready-seconds", "600");
        try
        {
            Uri address = await ServerProcess.AddressAsync(process);
            using var client = new HttpClient { BaseAddress = address };
            Posix.Send(process, "TERM");
            HttpResponseMessage ready;
            do ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
            while (ready.StatusCode == HttpStatusCode.OK);
            await ready.ProblemAsync(503);
            Assert.True(await IsOpenAsync(address));
            using HttpResponseMessage answer = await client.PostAsync(
                new Uri("/v1/classify", UriKind.Relative), new ByteArrayContent(RunningServer.Face));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task SIGHUP_takes_over_what_was_written_in_place()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        string artifacts = Path.Combine(Repository.Root, "artifacts");
        File.Copy(Path.Combine(artifacts, "fer2013.zip"), folder["m.zip"]);
        using Process process = Start("--port", "0", "--metrics-port", "off", "--models", folder.FullName);
        try
        {
            Uri address = await ServerProcess.AddressAsync(process);
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            using var client = new HttpClient();
            string before = await client.GetStringAsync(new Uri(address, "/v1/models"));
            File.Copy(Path.Combine(artifacts, "happy-sad.zip"), folder["m.zip"], overwrite: true);
            Posix.Send(process, "HUP");
            while (before == await client.GetStringAsync(new Uri(address, "/v1/models"))) await Task.Delay(5);
            Assert.False(output.IsCompleted || errors.IsCompleted);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<bool> IsOpenAsync(Uri address)
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Process Start(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "emotionmlnet-web.dll");
        ProcessStartInfo start = Posix.StartSignalled(["dotnet", program, .. arguments]);
        start.Environment.Remove("EMOTIONMLNET_MODELS");
        return Process.Start(start)!;
    }
}
