using System.Text.Json.Serialization;
using System.Threading.Channels;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.Pictures;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmotionMLNet.Web.Classification;

/// <summary>POST /v1/classify-many: the files of a form, a line each, in their order.</summary>
/// <remarks>
/// Pictures are classified as they arrive, and the lines are kept until all of the form is there. nginx and others send nothing more of a
/// request whose answer has begun, and most clients read no answer before they have sent everything, so neither could go on.
/// </remarks>
internal static class ClassifyManyEndpoint
{
    public const string ContentType = "application/x-ndjson";

    // Pictures of one request under way: one that is read, the others at the gate.
    private const int AtOnce = 4;

    public static void MapClassifyMany(this IEndpointRouteBuilder app) => app.MapPost("/v1/classify-many", ClassifyAsync)
        .WithSummary("Labels the files of a form.")
        .WithDescription("A line of JSON for each file, in the order of the files; a file that cannot be labelled is a line with an error.")
        .Reads("multipart/form-data")
        .Produces<ManyAnswer>(contentType: ContentType)
        .ProducesProblems(400, 401, 404, 415, 429, 503);

    private static async Task ClassifyAsync(
        HttpContext context, ModelStore models, PictureUpload upload, Classifier classifier, ServerSettings settings,
        string? model, string? threshold, string? tta, string? faces)
    {
        ClassifyQuery query = ClassifyQuery.Parse(model, threshold, tta, faces);
        ServedModel served = models.Find(query.Model); // one for all files of a request
        served.Check(query);
        upload.AllowMany(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        Channel<Task<byte[]>> lines = Channel.CreateBounded<Task<byte[]>>(AtOnce - 1);
        Task newest = Task.CompletedTask;
        var caller = Caller.Of(context, isPatient: true);
        Task reading = ReadAsync();
        var done = new MemoryStream();
        try
        {
            await foreach (Task<byte[]> line in lines.Reader.ReadAllAsync(context.RequestAborted))
            {
                done.Write(await line);
                if (reading.IsCompleted) await SendAsync();
            }
            await reading;
            await SendAsync();
        }
        finally
        {
            // Nothing of a request goes on behind its end: no reading, and no picture, not even one that found no place in the channel.
            await ending.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await newest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (lines.Reader.TryRead(out Task<byte[]>? left))
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task SendAsync()
        {
            if (!context.Response.HasStarted) context.Response.ContentType = ContentType;
            await context.Response.Body.WriteAsync(done.GetBuffer().AsMemory(0, (int)done.Length), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            done.SetLength(0);
        }

        async Task ReadAsync()
        {
            int index = 0;
            try
            {
                await foreach (UploadedFile file in upload.ReadFilesAsync(context, settings.ManyFiles, ending.Token))
                {
                    Task<byte[]> line = file.Picture is { } picture
                        ? LineAsync(index, picture)
                        : Task.FromResult(Line(new ManyError(index, file.Problem!.ToText())));
                    newest = line;
                    index++;
                    await lines.Writer.WriteAsync(line, ending.Token);
                }
                if (index == 0) throw new ProblemException(400, "There is no picture.", "Send one file or more.");
                lines.Writer.Complete();
            }
            catch (Exception e) when (index > 0 && !ending.IsCancellationRequested && Find(e) is { } problem)
            {
                // The files before it keep their answers: what ends the form early is its last line.
                await lines.Writer.WriteAsync(Task.FromResult(Line(new ManyError(index, problem.ToText()))), ending.Token);
                lines.Writer.Complete();
            }
            catch (Exception e)
            {
                lines.Writer.Complete(e);
            }
        }

        async Task<byte[]> LineAsync(int place, PictureBuffer picture)
        {
            using (picture)
            {
                try
                {
                    Classified classified = await classifier.ClassifyAsync(served, query, picture.Content, caller, ending.Token);
                    return Line(new ManyAnswer(place, served, classified.Prediction, query.Threshold));
                }
                catch (ProblemException e)
                {
                    return Line(new ManyError(place, e.Problem.ToText()));
                }
            }
        }
    }

    private static Problem? Find(Exception e) => e switch
    {
        ProblemException problem => problem.Problem,
        BadHttpRequestException bad => new Problem(bad.StatusCode, "The request was refused.", bad.Message),
        _ => null,
    };

    private static byte[] Line<T>(T value) => [.. WebJson.ToBytes(value), (byte)'\n'];
}

/// <summary>The line of a file.</summary>
internal sealed class ManyAnswer(int index, ServedModel model, Prediction prediction, float threshold)
    : ClassifyAnswer(model, prediction, threshold)
{
    /// <summary>Place of the file in the form, from 0.</summary>
    [JsonPropertyOrder(1)]
    public int Index { get; } = index;
}

/// <summary>The line of a file that has no answer.</summary>
internal sealed record ManyError(int Index, ProblemText Error);
