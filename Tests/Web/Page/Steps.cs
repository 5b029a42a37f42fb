using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Tests.Support;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>What people do on the page, and what they bring.</summary>
internal static class Steps
{
    private static byte[]? recorded;

    private static readonly string Page = Path.Combine(Repository.Root, "Predictor.Web", "Page");

    /// <summary>One drawn face.</summary>
    public static FilePayload Face { get; } = Picture("face.png", File.ReadAllBytes(Path.Combine(Page, "examples", "1.png")));

    /// <summary>Four of them.</summary>
    public static FilePayload Group { get; } = Picture("group.png", File.ReadAllBytes(Path.Combine(Page, "examples", "3.png")));

    /// <summary>Nobody.</summary>
    public static FilePayload Plain { get; } = Picture("plain.png", PngEncoder.Encode(new Image(64, 48, 1, new byte[64 * 48])));

    /// <summary>A picture that ends in the middle.</summary>
    public static FilePayload Torn { get; } = Picture("torn.png", Face.Buffer[..(Face.Buffer.Length / 2)]);

    public static FilePayload Text { get; } = new() { Name = "notes.txt", MimeType = "text/plain", Buffer = "nothing to see"u8.ToArray() };

    public static FilePayload Picture(string name, byte[] bytes) => new() { Name = name, MimeType = "image/png", Buffer = bytes };

    /// <summary>Chooses one picture and waits for what is said of it.</summary>
    public static async Task Choose(this IPage page, FilePayload picture, string expected = "#picture-answer :is(.finding, .note)")
    {
        await page.SetInputFilesAsync("#picture-file", picture);
        await page.WaitForSelectorAsync(expected);
    }

    /// <summary>Drops files that the page's own script makes: paths, and the bytes of each in base 64.</summary>
    public static Task Drop(this IPage page, string target, IEnumerable<string> names, byte[] bytes) => page.EvaluateAsync(
        """
        ({ target, names, base64 }) => {
          const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0)), data = new DataTransfer();
          for (const name of names) data.items.add(new File([bytes], name, { type: "image/png" }));
          const element = document.querySelector(target);
          for (const type of ["dragenter", "dragover", "drop"])
            element.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
        """,
        new { target, names, base64 = Convert.ToBase64String(bytes) }
    );

    /// <summary>Drops files and folders of this machine as a person would, so that the page gets the browser's own entries.</summary>
    public static async Task DropFromDisk(this IPage page, string target, params string[] paths)
    {
        LocatorBoundingBoxResult box = (await page.Locator(target).BoundingBoxAsync())!;
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        var data = new Dictionary<string, object> { ["items"] = Array.Empty<object>(), ["files"] = paths, ["dragOperationsMask"] = 1 };
        foreach (string type in new[] { "dragEnter", "dragOver", "drop" })
            await session.SendAsync("Input.dispatchDragEvent", new Dictionary<string, object>
            {
                ["type"] = type, ["x"] = box.X + box.Width / 2, ["y"] = box.Y + box.Height / 2, ["data"] = data,
            });
        await session.DetachAsync();
    }

    /// <summary>Gives the screen Video two seconds that this browser has recorded: faces of two kinds, one after the other.</summary>
    public static async Task ChooseVideo(this IPage page)
    {
        recorded ??= Convert.FromBase64String(await page.EvaluateAsync<string>(
            """
            async () => {
              const canvas = document.createElement("canvas"), g = canvas.getContext("2d");
              [canvas.width, canvas.height] = [320, 240];
              const faces = ["/examples/1.png", "/examples/2.png"].map(src => Object.assign(new Image(), { src }));
              await Promise.all(faces.map(f => f.decode()));
              const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" }), parts = [];
              recorder.ondataavailable = e => parts.push(e.data);
              recorder.start();
              const start = performance.now();
              for (let time = 0; time < 2000; time = performance.now() - start) {
                g.drawImage(faces[time < 1000 ? 0 : 1], 40, 0, 240, 240);
                await new Promise(requestAnimationFrame);
              }
              await new Promise(resolve => { recorder.onstop = resolve; recorder.stop(); });
              const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
              return btoa(Array.from(bytes, b => String.fromCharCode(b)).join(""));
            }
            """
        ));
        await page.SetInputFilesAsync(
            "#video-file", new FilePayload { Name = "faces.webm", MimeType = "video/webm", Buffer = recorded });
        await page.WaitForSelectorAsync("#video-table:not([hidden])");
    }

    /// <summary>Text of a download.</summary>
    public static async Task<string> Save(this IPage page, string button)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync(button));
        return await File.ReadAllTextAsync(await download.PathAsync());
    }
}
